using System.Threading.Channels;
using MemoryPack;
using Meridian.Domain;
using Meridian.Journal;
using Meridian.Journal.Writing;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Meridian.ControlPlane.Writer;

/// <summary>The grain of the one writer. Commands and answers travel as the bytes that the journal knows.</summary>
public interface IDomainGrain : IGrainWithIntegerKey
{
    /// <summary>Asks the writer; returns the decision when it is durable.</summary>
    [AlwaysInterleave]
    Task<byte[]> ExecuteAsync(byte[] command);
}

/// <summary>
/// Takes commands in batches and answers when they are durable. Orleans may briefly have two of these: only the one
/// whose epoch the journal knows last can append, and the other one ends.
/// </summary>
public sealed partial class DomainGrain(IJournal journal, StateFeed feed, WriterOptions options, WriterClock clock, ILogger<DomainGrain> log)
    : Grain, IDomainGrain
{
    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(options.QueueMax) { SingleReader = true });

    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    private sealed record Waiting(DomainCommand Command, TaskCompletionSource<byte[]> Answer);

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var writer = new DomainWriter(journal, clock, options.SnapshotEvery);
        await OpenAsync(writer, cancellationToken);
        _loop = LoopAsync(writer);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await _stopping.CancelAsync();
        await _loop;
    }

    /// <inheritdoc/>
    public async Task<byte[]> ExecuteAsync(byte[] command)
    {
        var decoded = MemoryPackSerializer.Deserialize<DomainCommand>(command)!;
        var waiting = new Waiting(decoded, new(TaskCreationOptions.RunContinuationsAsynchronously));
        await _queue.Writer.WriteAsync(waiting);
        return await waiting.Answer.Task;
    }

    private async Task OpenAsync(DomainWriter writer, CancellationToken cancellation)
    {
        await writer.OpenAsync(cancellation);
        feed.Publish(new(writer.Sequence, writer.State, []));
        var (published, _) = await writer.ExecuteAsync([new Domain.Jobs.TakeOver(options.Lease)], cancellation);
        feed.Publish(published);
    }

    private async Task LoopAsync(DomainWriter writer)
    {
        var batch = new List<Waiting>(options.BatchMax);
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < options.BatchMax && _queue.Reader.TryRead(out var waiting))
                batch.Add(waiting);
            if (!await TryDecideAsync(writer, batch))
                return;
        }
    }

    private async Task<bool> TryDecideAsync(DomainWriter writer, List<Waiting> batch)
    {
        try
        {
            // The append waits for the disk: off the grain's scheduler, so that commands gather meanwhile.
            var commands = batch.ConvertAll(w => w.Command);
            var (published, decisions) = await Task.Run(async () => await writer.ExecuteAsync(commands, _stopping.Token));
            feed.Publish(published);
            for (var i = 0; i < batch.Count; i++)
                batch[i].Answer.TrySetResult(MemoryPackSerializer.Serialize(Answer.Of(decisions[i])));
            await Task.Run(async () => await writer.SnapshotIfDueAsync(_stopping.Token));
            return true;
        }
        catch (Exception failure)
        {
            foreach (var waiting in batch)
                waiting.Answer.TrySetException(Told(failure));
            return await ReopenAsync(writer, failure);
        }
    }

    private static JournalException Told(Exception failure) =>
        failure is JournalFullException ? new JournalFullException(failure.Message) : new(failure.Message);

    private async Task<bool> ReopenAsync(DomainWriter writer, Exception failure)
    {
        LogFailed(failure.Message);
        if (failure is StaleEpochException or Primitives.InvariantBrokenException or OperationCanceledException)
        {
            DeactivateOnIdle();
            return false;
        }

        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.RetryAfter, _stopping.Token);
                await OpenAsync(writer, _stopping.Token);
                return true;
            }
            catch (JournalException again)
            {
                LogFailed(again.Message);
                while (_queue.Reader.TryRead(out var waiting))
                    waiting.Answer.TrySetException(Told(again));
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        return false;
    }

    [LoggerMessage(LogLevel.Error, "The writer stopped a batch and reads the journal again: {Reason}")]
    private partial void LogFailed(string reason);
}

/// <summary>A decision as it travels back: whether, why not, and the number of what was made.</summary>
[MemoryPackable]
public sealed partial record Answer(Primitives.Reason? Fault, long Value)
{
    /// <summary>The answer for the decision.</summary>
    public static Answer Of(Decision decision) => new(decision.Fault, decision.Value);

    /// <summary>The decision, without its events, which travel by the feed.</summary>
    public Decision ToDecision() => new([], Fault is null ? null : new Fault(Fault.Code, Fault.Particulars), Value);
}

/// <summary>The writer cannot be asked now: the silo is about to start, or stops. Nothing is known of what was asked.</summary>
public sealed class WriterAwayException(Exception inner) : JournalException("The writer cannot be asked: " + inner.Message, inner);

/// <summary>How the writer is run.</summary>
public sealed record WriterOptions
{
    /// <summary>Commands that may wait; more wait outside. Default 10,000.</summary>
    public int QueueMax { get; init; } = 10_000;

    /// <summary>Commands decided and made durable together, at most. Default 1,000.</summary>
    public int BatchMax { get; init; } = 1_000;

    /// <summary>A snapshot is taken after so many batches. Default 20,000.</summary>
    public int SnapshotEvery { get; init; } = 20_000;

    /// <summary>How long an agent may go on alone. Default 10 minutes.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The wait before the journal is opened again after a failure. Default 1 second.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>The domain, by way of its grain.</summary>
public sealed class GrainDomain(IGrainFactory grains, StateFeed feed) : IDomain
{
    /// <inheritdoc/>
    public Published Latest => feed.Latest;

    /// <inheritdoc/>
    public async ValueTask<Decision> ExecuteAsync(DomainCommand command, CancellationToken cancellation)
    {
        var bytes = MemoryPackSerializer.Serialize(command);
        try
        {
            var answer = await grains.GetGrain<IDomainGrain>(0).ExecuteAsync(bytes).WaitAsync(cancellation);
            return MemoryPackSerializer.Deserialize<Answer>(answer)!.ToDecision();
        }
        catch (OrleansException failure)
        {
            throw new WriterAwayException(failure);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Published> FollowAsync(long after, CancellationToken cancellation) =>
        feed.FollowAsync(after, cancellation);
}
