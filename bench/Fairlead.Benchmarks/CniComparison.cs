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
/// <param name="SlowMilliseconds">The time that 95 of 100 runs did not exceed.</param>
/// <param name="PerSecond">The median over the rounds of runs per second.</param>
internal readonly record struct Figures(double Milliseconds, double SlowMilliseconds, double PerSecond);

internal sealed record Comparison(NetworkChain Chain, Load Load, CniVerb Verb, IReadOnlyList<Figures> Contenders);

/// <summary>
/// Lets all contenders make and release attachments by turns, round after round, each round beginning with another one:
/// what else the machine does hits all of them.
/// </summary>
/// <param name="chain">The network.</param>
/// <param name="attachmentOf">A new attachment, by its number among those of a round.</param>
/// <param name="contenders">Who does it.</param>
internal sealed class CniComparison(
    NetworkChain chain,
    Func<int, CniAttachment> attachmentOf,
    IReadOnlyList<IContender> contenders
)
{
    private static readonly CniVerb[] s_verbs = [CniVerb.Add, CniVerb.Delete];

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
        [.. Enumerable.Range(0, load.Attachments).Select(attachmentOf).Chunk(load.PerWorker)];

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
            new(
                Statistics.Median(_milliseconds) - contender.OverheadMilliseconds,
                Statistics.Percentile(_milliseconds, 95) - contender.OverheadMilliseconds,
                Statistics.Median(_perSecond)
            );
    }
}
