namespace Meridian.Scheduling.Ordering;

/// <summary>Parts of all that there is, each from 0 to 1: what somebody holds, or what a task asks for.</summary>
/// <param name="Cores">Of the cores.</param>
/// <param name="Memory">Of the memory.</param>
/// <param name="Accelerators">Of the accelerators.</param>
internal readonly record struct Claim(double Cores, double Memory, double Accelerators)
{
    /// <summary>The largest of the parts: the dominant share.</summary>
    internal double Dominant => Math.Max(Cores, Math.Max(Memory, Accelerators));

    /// <summary>Adds part by part.</summary>
    public static Claim operator +(Claim left, Claim right) =>
        new(left.Cores + right.Cores, left.Memory + right.Memory, left.Accelerators + right.Accelerators);

    /// <summary>So many of the same.</summary>
    public static Claim operator *(Claim claim, double count) =>
        new(claim.Cores * count, claim.Memory * count, claim.Accelerators * count);
}

/// <summary>Somebody who shares with others: a tenant, or a project of one.</summary>
/// <param name="Name">The name; ties break on it.</param>
/// <param name="Weight">What it is entitled to, against its siblings; above zero.</param>
/// <param name="Held">What it holds already.</param>
/// <param name="ServedAt">When it was served last; of equal shares the one that was served earlier comes first.</param>
/// <param name="OverdueTurnAt">When it had a turn last because a job of it was overdue.</param>
internal sealed record FairMember(
    string Name, double Weight, Claim Held, DateTimeOffset ServedAt = default, DateTimeOffset OverdueTurnAt = default);
