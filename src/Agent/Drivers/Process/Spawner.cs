using System.Collections.Concurrent;

namespace Meridian.Agent.Drivers.Process;

/// <summary>
/// Starts processes as another user, from threads that put that user on for the moment. A program that drops the rights
/// and starts the next one would cost as much as the task itself; the kernel keeps rights for each thread, so none is needed.
/// </summary>
internal sealed class Spawner : IDisposable
{
    private const int ThreadCount = 2;

    private readonly BlockingCollection<(Func<int> Run, TaskCompletionSource<int> Done)> _orders = [];
    private readonly int _user;

    internal Spawner(int user)
    {
        _user = user;
        for (var i = 0; i < (Native.IsRoot ? ThreadCount : 0); i++)
            new Thread(Serve) { IsBackground = true, Name = "spawner" }.Start();
    }

    /// <summary>Starts the program as the user. Returns the process, or the negated error.</summary>
    internal int Spawn(IReadOnlyList<string> words, IReadOnlyList<string> environment, string log, int input)
    {
        int Run() => Native.Spawn(words, environment, log, input);
        if (!Native.IsRoot)
            return Run();
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders.Add((Run, done));
        return done.Task.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose() => _orders.CompleteAdding();

    private void Serve()
    {
        Native.PutOffGroups(_user);
        foreach (var (run, done) in _orders.GetConsumingEnumerable())
        {
            try
            {
                Native.PutOn(_user);
                var process = run();
                Native.PutOn(user: 0);
                done.SetResult(process);
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        }
    }
}
