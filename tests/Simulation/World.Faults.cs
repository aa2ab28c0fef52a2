using Meridian.Simulation.Agents;

namespace Meridian.Simulation;

/// <content>What goes wrong.</content>
public sealed partial class World
{
    private void Misfortune()
    {
        if (!_isRough)
            return;
        After(Between(0.2, 5) / Options.Roughness, Misfortune);
        Faults++;
        switch (_luck.Next(13))
        {
            case 0 or 1 or 2 or 3:
                BreakOneLine();
                break;
            case 4 or 5:
                CutSiteOff();
                break;
            case 6 or 7:
                CrashAgent();
                break;
            case 8:
                RebootMachine();
                break;
            case 9:
                _plane.Die(withMachine: true);
                break;
            case 10:
                TakeOver();
                break;
            case 11:
                StallOneLine();
                break;
            default:
                _wallSkew = Between(-3600, 3600);
                break;
        }
    }

    /// <summary>Nothing goes wrong from here on, and what is broken is mended.</summary>
    private void Calm()
    {
        _isRough = false;
        _cutOff.Clear();
        _stale?.Die(withMachine: false);
    }

    private void BreakOneLine()
    {
        if (_lines.Count > 0)
            _lines[_luck.Next(_lines.Count)].Break();
    }

    private void StallOneLine()
    {
        if (_lines.Count > 0)
            _lines[_luck.Next(_lines.Count)].Stall(Between(1, Options.Lease.TotalSeconds * 2));
    }

    private void CutSiteOff()
    {
        var site = _agents[_luck.Next(_agents.Count)].Node.Site;
        if (!_cutOff.Add(site))
            return;
        foreach (var line in _lines.Where(l => l.Agent.Node.Site == site).ToList())
            line.Break();
        After(Between(1, Options.Lease.TotalSeconds * 2.5), () => _cutOff.Remove(site));
    }

    private void CrashAgent()
    {
        var agent = _agents[_luck.Next(_agents.Count)];
        if (!agent.IsUp)
            return;
        agent.Crash(withMachine: false);
        MaybeResize(agent);
        After(_luck.Chance(0.8) ? Between(0.2, 2) : Between(2, Options.Lease.TotalSeconds * 2.5), agent.Boot);
    }

    private void RebootMachine()
    {
        var agent = _agents[_luck.Next(_agents.Count)];
        agent.Crash(withMachine: true);
        MaybeResize(agent);
        After(Between(1, Options.Lease.TotalSeconds * 2), agent.Boot);
    }

    private void MaybeResize(SimulatedAgent agent)
    {
        if (_luck.Chance(0.2))
        {
            agent.Resize(_luck.Chance(0.5) ? 1 : 0.5);
            Shrunk.Add(agent.Node);
        }
    }

    /// <summary>Another control plane begins while the old one still believes in itself.</summary>
    private void TakeOver()
    {
        if (_stale is { IsAlive: true } || !_plane.IsOpen)
            return;
        var old = _plane;
        _stale = old;
        _plane = new(this);
        _plane.Begin();
        After(Between(2, 20), () => old.Die(withMachine: false));
    }
}
