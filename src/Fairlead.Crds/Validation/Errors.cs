namespace Fairlead.Crds.Validation;

internal sealed class Errors
{
    private readonly List<ValidationError> _errors = [];

    public void Add(string path, string? message)
    {
        if (message is not null)
            _errors.Add(new ValidationError(path, message));
    }

    public IReadOnlyList<ValidationError> ToList() => _errors;
}
