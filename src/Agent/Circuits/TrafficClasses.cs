using System.Collections.Immutable;
using System.Globalization;
using Meridian.Primitives;

namespace Meridian.Agent.Circuits;

/// <summary>A class of htb as <c>tc class show</c> tells it.</summary>
/// <param name="Minor">The second half of its identity, below our own handle.</param>
/// <param name="Rate">The rate that it is sure of.</param>
/// <param name="Ceiling">The rate that it never exceeds.</param>
internal readonly record struct TrafficClass(int Minor, Bandwidth Rate, Bandwidth Ceiling);

/// <summary>
/// The tree of classes on one device, without I/O: the link's rate at the top, one class for each circuit, and a last one
/// for all other traffic, which takes what circuits leave. Packets find their class by their socket's priority.
/// </summary>
internal static class TrafficClasses
{
    /// <summary>The handle of the queueing that is ours.</summary>
    internal const string Handle = "4d44:";

    internal const int TopMinor = 1;
    internal const int OthersMinor = 0xfffe;

    private const int OthersShare = 100;

    // tc shows rates with three to six digits.
    private const double ShownExactly = 1.0 / 500;

    private static readonly ImmutableArray<(string Unit, long Bits)> Units =
    [
        ("Tbit", 1_000_000_000_000), ("Gbit", 1_000_000_000), ("Mbit", 1_000_000), ("Kbit", 1_000), ("bit", 1),
    ];

    /// <summary>The classes that the circuits need on a device that carries so much.</summary>
    internal static ImmutableArray<TrafficClass> Wanted(IReadOnlyList<CircuitWish> wishes, Bandwidth capacity)
    {
        var held = wishes.Sum(w => w.Rate.BitsPerSecond);
        var top = new Bandwidth(Math.Max(capacity.BitsPerSecond, held));
        var others = new Bandwidth(Math.Max(top.BitsPerSecond - held, Math.Max(top.BitsPerSecond / OthersShare, 8_000)));
        return
        [
            new(TopMinor, top, top), new(OthersMinor, others, top),
            .. wishes.Select(w => new TrafficClass(w.Number & 0xffff, w.Rate, w.Rate)),
        ];
    }

    /// <summary>The classes of ours in the text of <c>tc class show dev DEVICE</c>.</summary>
    internal static ImmutableArray<TrafficClass> Read(string text)
    {
        var found = ImmutableArray.CreateBuilder<TrafficClass>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is not ["class", "htb", var id, ..] || !id.StartsWith(Handle, StringComparison.Ordinal)
                || !int.TryParse(id[Handle.Length..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var minor))
                continue;
            found.Add(new(minor, After(words, "rate"), After(words, "ceil")));
        }

        return found.ToImmutable();
    }

    /// <summary>The commands that make the classes that are there those that are wanted, and the minors that they put right.</summary>
    internal static ImmutableArray<(int Minor, ImmutableArray<string> Words)> Commands(
        string device, ImmutableArray<TrafficClass> wanted, ImmutableArray<TrafficClass> there)
    {
        var commands = ImmutableArray.CreateBuilder<(int, ImmutableArray<string>)>();
        foreach (var gone in there.Where(t => !wanted.Any(w => w.Minor == t.Minor)))
            commands.Add((gone.Minor, ["tc", "class", "del", "dev", device, "classid", Id(gone.Minor)]));
        foreach (var one in wanted)
        {
            var known = there.Where(t => t.Minor == one.Minor).ToList();
            if (known.Count > 0 && IsShown(known[0].Rate, one.Rate) && IsShown(known[0].Ceiling, one.Ceiling))
                continue;
            commands.Add((one.Minor,
            [
                "tc", "class", known.Count > 0 ? "change" : "add", "dev", device,
                "parent", one.Minor == TopMinor ? Handle : Id(TopMinor), "classid", Id(one.Minor),
                "htb", "rate", Bits(one.Rate), "ceil", Bits(one.Ceiling), "prio", one.Minor == OthersMinor ? "7" : "0", "quantum", "20000",
            ]));
        }

        return commands.ToImmutable();
    }

    internal static string Id(int minor) => Handle + minor.ToString("x", CultureInfo.InvariantCulture);

    private static string Bits(Bandwidth rate) => rate.BitsPerSecond.ToString(CultureInfo.InvariantCulture) + "bit";

    private static bool IsShown(Bandwidth shown, Bandwidth wanted) =>
        Math.Abs(shown.BitsPerSecond - wanted.BitsPerSecond) <= Math.Max(8, wanted.BitsPerSecond * ShownExactly);

    private static Bandwidth After(string[] words, string name)
    {
        var at = Array.IndexOf(words, name) + 1;
        if (at == 0 || at == words.Length)
            return Bandwidth.Zero;
        foreach (var (unit, bits) in Units)
        {
            if (words[at].EndsWith(unit, StringComparison.Ordinal)
                && decimal.TryParse(words[at][..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return new((long)(number * bits));
        }

        return Bandwidth.Zero;
    }
}
