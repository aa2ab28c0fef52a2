using Meridian.ControlPlane.Writer;
using Meridian.Domain.Jobs;
using Meridian.Journal.Writing;
using Meridian.Scheduling;
using Meridian.Scheduling.Rounds;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Meridian.ControlPlane.Placement;

/// <summary>
/// Looks at the published state whenever it changes, and proposes placements to the writer. A proposal that the writer
/// refuses was made from an old picture: the next round sees the new one.
/// </summary>
public sealed partial class SchedulingLoop(
    IDomain domain, BatchPlanning planning, WriterClock clock, TimeProvider time, ILogger<SchedulingLoop> log) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestMin = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RestMax = TimeSpan.FromMilliseconds(500);
    private static readonly SchedulingOptions Options = new() { GivesReasons = false };

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await LoopAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        var ticking = TickAsync(stoppingToken);
        var changes = domain.FollowAsync(domain.Latest.Sequence, stoppingToken).GetAsyncEnumerator(stoppingToken);
        var change = changes.MoveNextAsync().AsTask();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var began = time.GetTimestamp();
                var (proposed, pause) = await RoundAsync(stoppingToken);
                await Task.Delay(RestAfter(time.GetElapsedTime(began)), time, stoppingToken);
                if (proposed)
                    continue;
                await Task.WhenAny(change, Task.Delay(pause, time, stoppingToken));
                while (change.IsCompletedSuccessfully && change.Result)
                    change = changes.MoveNextAsync().AsTask();
            }
            catch (Exception failure) when (failure is Journal.JournalException or TimeoutException)
            {
                LogFailed(failure.Message);
                await Task.Delay(TickEvery, time, stoppingToken);
            }
        }

        await ticking;
    }

    /// <summary>
    /// Changes gather meanwhile, so that a long queue is walked once for many of them and rounds take no more than a third
    /// of one core's time.
    /// </summary>
    private static TimeSpan RestAfter(TimeSpan round) =>
        round * 2 < RestMin ? RestMin : round * 2 > RestMax ? RestMax : round * 2;

    /// <summary>
    /// One round. Whether a proposal was taken, so that another round may find more to do, and after how long at most to look
    /// again when nothing changes.
    /// </summary>
    private async Task<(bool Proposed, TimeSpan Pause)> RoundAsync(CancellationToken cancellation)
    {
        var state = domain.Latest.State;
        var now = clock.Now(); // The writer's time: what it decides by.
        if (state.Jobs.Queue.IsEmpty && !state.Data.HasUndelivered && !state.Data.NeedingPlan(state.Network.LinkChanges, now).Any())
            return (false, LookAgain);
        var round = Scheduler.Plan(state, now, Options, planning.Intentions);
        planning.Look(state, now, state.Jobs.Queue.Count - round.Commands.Length);
        var pause = round.NextLook is { } next && next - now < LookAgain ? next - now : LookAgain;
        if (round.Commands.IsEmpty)
            return (false, pause > TimeSpan.Zero ? pause : TimeSpan.Zero);
        var answers = await Task.WhenAll(round.Commands.Select(c => domain.ExecuteAsync(c, cancellation).AsTask()));
        foreach (var refusal in answers.Where(a => a.Fault is not null))
            LogRefused(refusal.Fault!);
        return (answers.Any(a => a.Fault is null), pause);
    }

    private async Task TickAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TickEvery, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await domain.ExecuteAsync(new Tick(), cancellation);
            }
            catch (Exception failure) when (failure is Journal.JournalException or TimeoutException)
            {
                LogFailed(failure.Message);
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "The writer refused a proposal: {Fault}")]
    private partial void LogRefused(Domain.Fault fault);

    [LoggerMessage(LogLevel.Warning, "The writer did not answer: {Reason}")]
    private partial void LogFailed(string reason);
}
