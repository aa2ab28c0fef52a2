namespace Meridian.JobFiles;

/// <summary>Finds the key that was meant.</summary>
internal static class KeyAdvice
{
    /// <summary>What other systems call our keys.</summary>
    private static readonly (string Theirs, string Ours)[] Habits =
    [
        ("cmd", "command"), ("run", "command"), ("script", "command"), ("args", "command"),
        ("image", "container"), ("docker", "container"),
        ("gpu", "accelerators"), ("gpus", "accelerators"),
        ("env", "environment"), ("variables", "environment"),
        ("depends_on", "after"), ("dependencies", "after"), ("needs", "after"),
        ("count", "array"), ("tasks", "array"), ("parallelism", "array"),
        ("cpus", "cpu"), ("cores", "cpu"), ("ram", "memory"), ("mem", "memory"), ("storage", "disk"),
        ("retry", "retries"), ("walltime", "timeout"), ("time", "timeout"), ("goal", "objective"),
    ];

    /// <summary>A hint, or null when nothing is near.</summary>
    public static Words? For(string unknown, IKeyHolder holder)
    {
        if (Below(unknown, holder) is { } path)
            return new($"'{unknown}' belongs under '{path}'", $"“{unknown}”应放在“{path}”之下");
        if (Nearest(unknown, holder.KeyNames) is { } nearest)
            return new($"Did you mean '{nearest}'?", $"是否想写“{nearest}”？");
        return null;
    }

    private static string? Nearest(string unknown, IReadOnlyList<string> known)
    {
        if (unknown.Length is 0 or > 40)
            return null;
        var word = unknown.ToLowerInvariant();
        if (Array.Find(Habits, habit => string.Equals(habit.Theirs, word, StringComparison.Ordinal)).Ours is { } ours
            && known.Contains(ours))
            return ours;

        var (name, distance) = known
            .Select(name => (name, Distance(word, name)))
            .MinBy(candidate => candidate.Item2);
        return distance <= Math.Max(1, Math.Min(word.Length, name.Length) / 3) ? name : null;
    }

    private static string? Below(string unknown, IKeyHolder holder)
    {
        foreach (var (key, nested) in holder.Nested)
        {
            if (nested.KeyNames.Contains(unknown))
                return key;
            if (Below(unknown, nested) is { } deeper)
                return key + "." + deeper;
        }

        return null;
    }

    /// <summary>The number of insertions, removals, replacements and swaps of neighbours between two words.</summary>
    private static int Distance(string left, string right)
    {
        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = table[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }

        return table[left.Length, right.Length];
    }
}
