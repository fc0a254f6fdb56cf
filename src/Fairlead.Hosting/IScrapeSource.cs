namespace Fairlead.Hosting;

/// <summary>Figures that are fetched when somebody scrapes, and not kept up to date in between.</summary>
public interface IScrapeSource
{
    /// <summary>Fetches them, for observable instruments to report. What it throws is logged, and the scrape goes on.</summary>
    Task FetchAsync(CancellationToken cancellationToken);
}
