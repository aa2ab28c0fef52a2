using System.Net.Sockets;
using System.Text;

namespace Meridian.Supervisor;

/// <summary>
/// The supervisor's life: it serves one agent at a time, and outlives it. It ends when it is told to, or when no agent is
/// there and nothing runs; what is in the ledger is then told by the next one.
/// </summary>
internal sealed class Line(string folder, int user, string scope)
{
    private const string LedgerName = ".ledger";
    private const string LockName = ".lock";
    private const int LooksAloneMax = 3;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SendMax = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _never = new();
    private volatile Keeper? _keeper;
    private Socket? _agent;
    private int _looksAlone;
    private volatile bool _isLeaving;

    /// <summary>Serves until there is nothing more to do. Returns the exit code.</summary>
    internal int Serve(int listening)
    {
        try
        {
            Native.KeepHandles(listening);
            Environment.CurrentDirectory = folder;
            using var held = new FileStream(LockName, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            var groups = ControlGroups.Probe(scope);
            using var listener = new Socket(new SafeSocketHandle(listening, ownsHandle: true));
            // Not by the first thread, whose rights decide who may send signals to the process.
            var serving = new Thread(() => ServeAgents(listener, groups)) { Name = "serve" };
            serving.Start();
            Watch();
            return 0;
        }
        catch (IOException failure)
        {
            Console.Error.WriteLine(failure.Message);
            return 1;
        }
    }

    private void ServeAgents(Socket listener, ControlGroups? groups)
    {
        _keeper = new(LedgerName, groups, new(user, groups), Tell);
        while (true)
            ServeAgent(listener.Accept());
    }

    private void ServeAgent(Socket agent)
    {
        agent.SendTimeout = (int)SendMax.TotalMilliseconds; // An agent that hangs is cut off, and asks again.
        lock (_lock)
            (_agent, _isLeaving) = (agent, false);
        try
        {
            using var stream = new BufferedStream(new NetworkStream(agent), 64 * 1024);
            using var reader = new BinaryReader(stream, Encoding.UTF8);
            while (true)
            {
                var order = Wire.ReadOrder(reader);
                if (order.Kind == OrderKind.Leave)
                    _isLeaving = true;
                else
                    _keeper!.Do(order);
                LeaveIfDone();
            }
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            // The agent went away, or is one of another build: it comes back.
        }
        finally
        {
            lock (_lock)
                _agent = null;
            agent.Dispose();
        }
    }

    private void Tell(Standing standing)
    {
        lock (_lock)
        {
            try
            {
                _agent?.Send(Wire.Write(standing));
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                // What the agent ordered before it went is still to be read and done, so the line is only closed to the agent.
                CloseToAgent();
            }
        }
    }

    /// <summary>Under the lock.</summary>
    private void CloseToAgent()
    {
        try
        {
            _agent?.Shutdown(SocketShutdown.Send);
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }

        _agent = null;
    }

    private void Watch()
    {
        while (!_never.Wait(LookEvery))
        {
            _keeper?.Look();
            lock (_lock)
                _looksAlone = _agent is null ? _looksAlone + 1 : 0;
            LeaveIfDone();
        }
    }

    private void LeaveIfDone()
    {
        if ((!_isLeaving && _looksAlone < LooksAloneMax) || _keeper is not { IsBusy: false } keeper)
            return;
        keeper.Dispose();
        Environment.Exit(0);
    }
}
