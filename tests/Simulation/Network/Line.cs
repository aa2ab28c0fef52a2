using Meridian.Protocol.Agents;
using Meridian.Simulation.Agents;
using Meridian.Simulation.Control;

namespace Meridian.Simulation.Network;

/// <summary>
/// One line of one agent to one control plane. Messages of a direction arrive in order; when the line breaks, those from
/// some moment on are lost, and each side notices in its own time.
/// </summary>
internal sealed class Line
{
    private readonly World _world;
    private readonly SimulatedAgent _agent;
    private readonly ControlPlane _plane;
    private readonly Session _session;
    private TimeSpan _lastUp;
    private TimeSpan _lastDown;
    private TimeSpan _stalledUntil;
    private TimeSpan _lostFrom = TimeSpan.MaxValue;
    private bool _isPlaneDone;

    internal Line(World world, SimulatedAgent agent, ControlPlane plane)
    {
        (_world, _agent, _plane) = (world, agent, plane);
        _session = new(world, plane, agent.Node, this);
    }

    internal bool IsBroken => _lostFrom != TimeSpan.MaxValue;

    internal SimulatedAgent Agent => _agent;

    internal ControlPlane Plane => _plane;

    internal Session Session => _session;

    internal void Up(FromAgent message)
    {
        var sent = _world.Now;
        _lastUp = Later(_lastUp, Later(sent, _stalledUntil) + _world.Between(0.005, 0.25));
        // The session hands reports on without waiting: they may reach the writer in another order.
        var jitter = message.Hello is null ? _world.Between(0, 0.02) : TimeSpan.Zero;
        _world.At(_lastUp + jitter, () =>
        {
            if (sent < _lostFrom && !_isPlaneDone && _plane.IsAlive)
                _session.Received(message);
        });
    }

    internal void Down(ToAgent message)
    {
        var sent = _world.Now;
        _lastDown = Later(_lastDown, Later(sent, _stalledUntil) + _world.Between(0.005, 0.25));
        _world.At(_lastDown, () =>
        {
            if (sent < _lostFrom && ReferenceEquals(_agent.Line, this))
                _agent.Received(message);
        });
    }

    /// <summary>Nothing arrives for a while, though both sides believe the line to be well.</summary>
    internal void Stall(TimeSpan duration) => _stalledUntil = Later(_stalledUntil, _world.Now + duration);

    internal void Break()
    {
        if (IsBroken)
            return;
        _lostFrom = _world.Now - _world.Between(0, 0.2);
        _world.After(_world.Between(0, 1.5), () => _agent.LineCut(this));
        _world.After(_world.Between(0, 1.5), () =>
        {
            _isPlaneDone = true;
            _plane.Sessions.Remove(_session);
        });
    }

    private static TimeSpan Later(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
