using System.Globalization;
using Fairlead.Cni;

namespace Fairlead.Benchmarks;

/// <summary>How many attachments are made and released at a time, and how often.</summary>
internal sealed record Load(int Workers, int PerWorker, int Rounds)
{
    /// <summary>Of one round.</summary>
    public int Attachments => Workers * PerWorker;

    public int Pairs => Attachments * Rounds;
}

/// <summary>What one contender needed for one verb under one load.</summary>
/// <param name="Milliseconds">The median time of one run.</param>
/// <param name="PerSecond">The median over the rounds of runs per second.</param>
internal readonly record struct Figures(double Milliseconds, double PerSecond);

internal sealed record Comparison(NetworkChain Chain, Load Load, CniVerb Verb, IReadOnlyList<Figures> Contenders);

/// <summary>
/// Lets all contenders make and release attachments by turns, round after round, each round beginning with another one:
/// what else the machine does hits all of them.
/// </summary>
internal sealed class CniComparison(NetworkChain chain, IReadOnlyList<IContender> contenders)
{
    public const string NetnsPrefix = "bench";

    private static readonly CniVerb[] s_verbs = [CniVerb.Add, CniVerb.Delete];

    /// <summary>An attachment of a container of its own, in the namespace of that number.</summary>
    /// <remarks>Two in one namespace would not do: two default routes of ptp do not go into one.</remarks>
    public static CniAttachment MakeAttachment(NetworkChain chain, int netns) =>
        new()
        {
            ContainerId = $"{chain.Plugin}-{Guid.NewGuid():N}",
            NetnsPath = string.Create(CultureInfo.InvariantCulture, $"/run/netns/{NetnsPrefix}{netns}"),
            InterfaceName = "eth0",
        };

    public async Task<IReadOnlyList<Comparison>> RunAsync(Load load)
    {
        Dictionary<(IContender, CniVerb), Sample> samples = contenders
            .SelectMany(_ => s_verbs, (contender, verb) => (contender, verb))
            .ToDictionary(key => key, _ => new Sample());
        for (int round = 0; round < load.Rounds; round++)
        {
            for (int turn = 0; turn < contenders.Count; turn++)
            {
                IContender contender = contenders[(round + turn) % contenders.Count];
                CniAttachment[][] work = MakeWork(load);
                foreach (CniVerb verb in s_verbs)
                    samples[(contender, verb)].Add(await contender.RunAsync(verb, work));
            }
        }
        return
        [
            .. s_verbs.Select(verb => new Comparison(
                chain,
                load,
                verb,
                [.. contenders.Select(contender => samples[(contender, verb)].ToFigures(contender))]
            )),
        ];
    }

    private CniAttachment[][] MakeWork(Load load) =>
        [.. Enumerable.Range(0, load.Attachments).Select(i => MakeAttachment(chain, i)).Chunk(load.PerWorker)];

    private sealed class Sample
    {
        private readonly List<double> _milliseconds = [];
        private readonly List<double> _perSecond = [];

        public void Add(Span[][] spans)
        {
            Span[] all = [.. spans.SelectMany(static s => s)];
            _milliseconds.AddRange(all.Select(static s => s.Milliseconds));
            _perSecond.Add(all.Length * 1000 / Span.Around(all).Milliseconds);
        }

        public Figures ToFigures(IContender contender) =>
            new(Statistics.Median(_milliseconds) - contender.OverheadMilliseconds, Statistics.Median(_perSecond));
    }
}
