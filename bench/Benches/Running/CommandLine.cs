namespace Meridian.Benches.Running;

/// <summary>Runs a measurement by what a person typed, after a look at whether it knows all of that.</summary>
public static class CommandLine
{
    private const string OfAll = "[--json] [--data DIR]";

    /// <summary>Runs the measurement, or says how it is used. Returns the exit status.</summary>
    public static int Run(IBench bench, string[] args, TextWriter output, TextWriter errors)
    {
        var usage = $"{bench.Name}: {bench.Summary} {OfAll}";
        if (args.Any(a => a is "-h" or "--help" or "-?"))
        {
            output.WriteLine(usage);
            return 0;
        }

        if (Stray(args, usage) is { } stray)
        {
            errors.WriteLine($"{bench.Name} does not know '{stray}'. {bench.Name} 不认识“{stray}”。");
            errors.WriteLine(usage);
            return 2;
        }

        try
        {
            return bench.Run(args, output);
        }
        catch (FormatException failure)
        {
            errors.WriteLine(failure.Message);
            return 2;
        }
    }

    /// <summary>The first word that is neither an option of the usage, written <c>[--name]</c>, nor the value of one, <c>[--name X]</c>.</summary>
    private static string? Stray(string[] args, string usage)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (usage.Contains($"[{args[i]}]", StringComparison.Ordinal))
                continue;
            if (!args[i].StartsWith("--", StringComparison.Ordinal) || !usage.Contains($"[{args[i]} ", StringComparison.Ordinal) || ++i == args.Length)
                return args[Math.Min(i, args.Length - 1)];
        }

        return null;
    }
}
