using System.Globalization;
using Meridian.Primitives;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>Finds the job that a person means: by number, or the newest of a name.</summary>
internal static class JobReference
{
    public static async Task<long> FindAsync(Session session, string text, CancellationToken cancellation)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return id;
        if (!Names.IsValid(text))
            throw new CommandException(ExitCode.Usage, Texts.BadJobId, text);

        var page = await session.Client.GetJobsAsync(new(Name: text), PageRequest.First, cancellation);
        return page.Items.Where(job => string.Equals(job.Name, text, StringComparison.Ordinal)).MaxBy(job => job.Id)?.Id
            ?? throw new CommandException(ExitCode.NotFound, Texts.NoSuchJob, text);
    }
}
