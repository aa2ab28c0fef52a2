using System.CommandLine;
using System.Text;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>A task's output, as it is or as it comes.</summary>
internal static class LogVerb
{
    private const int FailureCountMax = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static Command Make(Verbs verbs)
    {
        var reference = verbs.Argument<string>("JOB", Texts.JobArgument);
        var follow = verbs.Option<bool>("--follow", Texts.FollowOption, "-f");
        var task = verbs.Option<int>("--task", Texts.TaskOption);
        var attempt = verbs.Option<int?>("--attempt", Texts.AttemptOption);
        return verbs.Verb(
            "logs",
            Texts.JobLogs,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var id = await JobReference.FindAsync(session, parsed.GetRequiredValue(reference), cancellation);
                var log = new LogRequest(
                    id, parsed.GetValue(task), parsed.GetValue(attempt), Offset: 0, parsed.GetValue(follow));
                await CopyAsync(session, log, cancellation);
                return ExitCode.Done;
            },
            reference, follow, task, attempt);
    }

    private static async Task CopyAsync(Session session, LogRequest log, CancellationToken cancellation)
    {
        // One decoder for all attempts: a break may fall into the middle of a character.
        var decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetDecoder();
        for (var failures = 0; ;)
        {
            var before = log.Offset;
            try
            {
                using var open = await session.Client.OpenLogAsync(log, cancellation);
                log = log with { Offset = open.Offset };
                await using var stream = await open.OpenAsync(cancellation);
                await foreach (var count in PourAsync(stream, session.Context.Out, decoder, cancellation))
                    log = log with { Offset = log.Offset + count };
                return;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested && log.Follow)
            {
                return; // Ctrl-C is how one stops following.
            }
            catch (Exception fault) when (log.Follow && IsLine(fault))
            {
                failures = log.Offset > before ? 0 : failures + 1;
                if (failures >= FailureCountMax)
                    throw;
                session.Say(Texts.LogBroke, fault.Message);
            }

            await Task.Delay(Pause, session.Context.Clock, cancellation);
        }
    }

    private static async IAsyncEnumerable<int> PourAsync(
        Stream from, TextWriter to, Decoder decoder,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var bytes = new byte[16 * 1024];
        var characters = new char[bytes.Length + 4];
        int count;
        while ((count = await from.ReadAsync(bytes, cancellation)) > 0)
        {
            var length = decoder.GetChars(bytes, 0, count, characters, 0);
            await to.WriteAsync(characters.AsMemory(0, length), cancellation);
            await to.FlushAsync(cancellation);
            yield return count;
        }
    }

    private static bool IsLine(Exception fault) =>
        fault is UnreachableException or IOException or HttpRequestException;
}
