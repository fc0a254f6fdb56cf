using System.Text.Json.Nodes;

namespace Fairlead.Generate;

/// <summary>A CEL rule and what it says. A message with <see cref="Self"/> in it becomes an expression.</summary>
internal sealed record CelRule(string Rule, string Message)
{
    /// <summary>Stands for the offending value in its quotation marks, as Wording's <c>quoted</c> parameters do.</summary>
    public const string Self = "\u0001";

    /// <summary>The field that is at fault, relative to where the rule stands; null: that place itself.</summary>
    public string? FieldPath { get; init; }

    /// <summary>The value that <see cref="Self"/> stands for.</summary>
    public string Value { get; init; } = "self";

    /// <summary>The message as a CEL expression, where it has other parts that change; <see cref="Message"/> is then unused.</summary>
    public string? Expression { get; init; }

    public JsonObject ToJson()
    {
        JsonObject json = new() { ["rule"] = Rule };
        if (Expression is not null)
            json["messageExpression"] = Expression;
        else if (Message.Contains(Self, StringComparison.Ordinal))
            json["messageExpression"] = string.Join(
                $" + '\"' + {Value} + '\"' + ",
                Message.Split(Self).Select(Literal)
            );
        else
            json["message"] = Message;
        if (FieldPath is not null)
            json["fieldPath"] = FieldPath;
        return json;
    }

    /// <summary>A text as CEL has it.</summary>
    public static string Literal(string text) =>
        "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
