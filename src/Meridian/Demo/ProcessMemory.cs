using System.Globalization;

namespace Meridian.Host.Demo;

/// <summary>Memory that processes have together, from the kernel's account of it (Linux).</summary>
internal static class ProcessMemory
{
    /// <summary>
    /// The bytes that the processes occupy: a page of a file that several of them have mapped is there once, and the sum of
    /// their resident sizes counts it for each. Which pages of a file two share cannot be seen, so the most that one has of
    /// it counts.
    /// </summary>
    internal static long BytesOf(IEnumerable<int> processes)
    {
        var (own, shared) = (0L, new Dictionary<string, long>(StringComparer.Ordinal));
        foreach (var process in processes)
        {
            var (ownPart, sharedPart) = Of(File.ReadLines($"/proc/{process}/smaps"));
            own += ownPart;
            foreach (var (file, bytes) in sharedPart)
                shared[file] = Math.Max(shared.GetValueOrDefault(file), bytes);
        }

        return own + shared.Values.Sum();
    }

    /// <summary>What a process has to itself, and by file what it shares. A mapping begins with a line of its addresses.</summary>
    private static (long Own, Dictionary<string, long> Shared) Of(IEnumerable<string> lines)
    {
        var (own, shared, file) = (0L, new Dictionary<string, long>(StringComparer.Ordinal), "");
        foreach (var words in lines.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (words[0] is not [.., ':'])
                file = words.Length > 5 ? words[5] : "";
            else if (words[0] is "Private_Clean:" or "Private_Dirty:")
                own += Bytes(words);
            else if (words[0] is "Shared_Clean:" or "Shared_Dirty:")
                shared[file] = shared.GetValueOrDefault(file) + Bytes(words);
        }

        return (own, shared);
    }

    private static long Bytes(string[] words) => long.Parse(words[1], CultureInfo.InvariantCulture) * 1024;
}
