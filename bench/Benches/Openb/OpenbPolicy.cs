using Meridian.Scheduling.Fleets;

namespace Meridian.Benches.Openb;

/// <summary>Which node a pod goes to.</summary>
internal abstract class OpenbPolicy
{
    /// <summary>Grows when what the policy learned changes its scores.</summary>
    internal virtual int Version => 0;

    /// <summary>Hears that a pod of the class has arrived, before it is placed.</summary>
    internal virtual void Learn(int pod)
    {
    }

    /// <summary>How good the room, which holds the pod, is for it; and which accelerator a single one takes.</summary>
    internal abstract (double Score, int Accelerator) Score(OpenbRoom room, Ask ask);

    /// <summary>The node for the pod, or none; minus infinity marks those that do not hold it.</summary>
    internal virtual int Pick(double[] scores)
    {
        var best = -1;
        for (var i = 0; i < scores.Length; i++)
        {
            if (scores[i] > (best < 0 ? double.NegativeInfinity : scores[best]))
                best = i;
        }

        return best;
    }

    /// <summary>The accelerator with the least room that suffices; the first of several.</summary>
    protected static int Tightest(Room room, Ask ask)
    {
        var best = -1;
        for (var i = 0; i < room.Milli.Length; i++)
        {
            if (ask.Count > 0 && ask.Suits(room.Kinds[i], room.Milli[i]) && (best < 0 || room.Milli[i] < room.Milli[best]))
                best = i;
        }

        return Math.Max(best, 0);
    }
}
