using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Meridian.Supervisor;

namespace Meridian.Agent.Drivers.Process;

/// <summary>
/// The agent's line to the supervisor of its folder: one that an earlier life of the agent left, or a new one. When the line
/// breaks, a new supervisor is started, and whoever uses this asks it how everything stands.
/// </summary>
internal sealed class SupervisorLine : IDisposable
{
    private const string SocketName = ".supervisor";
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndMax = TimeSpan.FromSeconds(10);

    private readonly string _folder;
    private readonly string _user;
    private readonly string _scope;
    private readonly Action<Standing> _heard;
    private readonly Action _reopened;
    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _ending = new();
    private readonly Thread _thread;
    private Socket _socket;

    /// <summary>Opens the line. Throws where no supervisor can be started.</summary>
    internal SupervisorLine(string folder, int user, Action<Standing> heard, Action reopened)
    {
        (_folder, _user, _heard, _reopened) = (folder, user.ToString(CultureInfo.InvariantCulture), heard, reopened);
        _scope = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..12];
        HasGroups = ControlGroups.Probe(_scope) is not null;
        _socket = Open();
        _thread = new Thread(Listen) { IsBackground = true, Name = "supervisor line" };
    }

    /// <summary>Whether tasks have limits.</summary>
    internal bool HasGroups { get; }

    /// <summary>The supervisor's number, where this life of the agent started it.</summary>
    internal int Process { get; private set; }

    /// <summary>Begins to hear what the supervisor says.</summary>
    internal void Begin() => _thread.Start();

    /// <summary>Sends the order. What is lost with a line that breaks is asked for again on the next.</summary>
    internal void Send(Order order)
    {
        var bytes = Wire.Write(order);
        lock (_lock)
        {
            try
            {
                _socket.Send(bytes);
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                // The listening thread finds the line broken as well.
            }
        }
    }

    /// <summary>Nothing is left to run: the supervisor ends. Returns when it has, or has had time enough.</summary>
    internal void Leave()
    {
        _ending.Set();
        Send(new(OrderKind.Leave));
        _thread.Join(EndMax);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ending.Set();
        _socket.Dispose();
    }

    private void Listen()
    {
        while (true)
        {
            Hear(_socket);
            if (Process > 0)
                Native.Reap(Process); // It has ended, or is about to: nothing else closes its side.
            Process = 0;
            if (_ending.IsSet || !TryReopen())
                return;
            _reopened();
        }
    }

    private void Hear(Socket socket)
    {
        try
        {
            using var stream = new BufferedStream(new NetworkStream(socket), 64 * 1024);
            using var reader = new BinaryReader(stream, Encoding.UTF8);
            while (true)
                _heard(Wire.ReadStanding(reader));
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidDataException)
        {
            socket.Dispose();
        }
    }

    private bool TryReopen()
    {
        while (!_ending.IsSet)
        {
            try
            {
                var fresh = Open();
                lock (_lock)
                    _socket = fresh;
                return true;
            }
            catch (Exception failure) when (failure is IOException or SocketException)
            {
                _ending.Wait(PauseAfterFailure);
            }
        }

        return false;
    }

    private Socket Open()
    {
        // The name of a socket is short; the folder's may be long. So it is reached by a handle on the folder.
        var folder = Native.Open(_folder);
        if (folder < 0)
            throw new IOException($"The folder '{_folder}' cannot be opened.");
        try
        {
            var at = $"/proc/self/fd/{folder}/{SocketName}";
            return Dial(at) ?? Start(at);
        }
        finally
        {
            Native.Close(folder);
        }
    }

    private static Socket? Dial(string at)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(at));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose(); // Nobody is there.
            return null;
        }
    }

    private Socket Start(string at)
    {
        // We listen, the supervisor accepts: so it can be dialled at once.
        var fresh = at + ".new";
        File.Delete(fresh);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(fresh));
        File.Move(fresh, at, overwrite: true); // .NET removes the name that was bound.
        listener.Listen(8);
        var program = Path.Combine(AppContext.BaseDirectory, "Meridian.Supervisor");
        var process = Native.Spawn(new(program, [program, _folder, _user, _scope], OwnEnvironment(), Path.Combine(_folder, ".supervisor.log"))
        {
            Third = (int)listener.Handle,
        });
        if (process <= 0)
            throw new IOException($"The supervisor '{program}' cannot be started (error {-process}).");
        Process = process;
        return Dial(at) ?? throw new IOException("The supervisor cannot be reached.");
    }

    /// <summary>Nothing of the agent's, but for what finds the runtime that the agent itself runs on.</summary>
    private static string[] OwnEnvironment()
    {
        var runtime = System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory();
        return
        [
            $"PATH={Supervision.SearchPath}", "LANG=C.UTF-8", $"DOTNET_ROOT={Path.GetFullPath(Path.Combine(runtime, "../../.."))}",
            // It compiles little and seldom, and nobody looks into it.
            "DOTNET_EnableDiagnostics=0", "DOTNET_GCHeapHardLimit=0x4000000", "DOTNET_TieredCompilation=1",
        ];
    }
}
