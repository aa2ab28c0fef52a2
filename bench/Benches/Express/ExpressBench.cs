using Meridian.Benches.Running;

namespace Meridian.Benches.Express;

/// <summary>Data Express with real bytes in network namespaces, side by side with the tools that people use.</summary>
internal sealed class ExpressBench : IBench
{
    private static readonly (string Name, Action<Bench> Measure)[] Parts =
    [
        ("loopback", LoopbackMeasure.Run),
        ("small", SmallFilesMeasure.Run),
        ("fat", FatPathMeasure.Run),
        ("paths", PathsMeasure.Run),
        ("circuit", CircuitMeasure.Run),
        ("crash", CrashMeasure.Run),
        ("many", ManyMeasure.Run),
        ("compress", CompressMeasure.Run),
    ];

    /// <inheritdoc/>
    public string Name => "express";

    /// <inheritdoc/>
    public string Summary =>
        "real bytes in namespaces beside rsync, rclone and aria2; needs root "
        + "[--only " + string.Join('|', Parts.Select(part => part.Name)) + "] [--files 200000] [--megabytes 2048] [--folder DIR]";

    /// <inheritdoc/>
    public int Run(string[] args, TextWriter output)
    {
        if (args is [ExpressPart.Name, .. var party])
            return ExpressPart.RunAsync(party, output).GetAwaiter().GetResult();

        var arguments = new BenchArguments(args);
        if (!OperatingSystem.IsLinux() || !Shell.Has("ip") || !Shell.Has("tc") || !Environment.IsPrivilegedProcess)
        {
            output.WriteLine("This measurement makes network namespaces: run it as root on Linux, with iproute2 installed.");
            return 2;
        }

        // The parties run as the product does (src/Meridian/Meridian.csproj), not as the other measurements here.
        Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "0");
        Environment.SetEnvironmentVariable("DOTNET_gcConcurrent", "0");
        Environment.SetEnvironmentVariable("DOTNET_TC_CallCountingDelayMs", "7D0"); // Hexadecimal: 2000.
        Environment.SetEnvironmentVariable("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "0");
        using var bench = new Bench(arguments, output);
        foreach (var tool in OtherTool.All)
        {
            if (tool.Missing is { } missing)
                bench.Say(missing);
        }

        foreach (var (name, measure) in Parts)
        {
            if (arguments.Text("--only") is not { } only || only == name)
                measure(bench);
        }

        return arguments.Finish(output, bench.Figures);
    }
}
