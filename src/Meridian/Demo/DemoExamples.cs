using static Meridian.Host.Commands.Bilingual;

namespace Meridian.Host.Demo;

/// <summary>Which examples the demo runs, and what data starts where.</summary>
internal static class DemoExamples
{
    /// <summary>Datasets, the folders that they are made from, and the sites where they begin.</summary>
    internal static IEnumerable<(string Dataset, string Source, string Site)> Datasets(string home) =>
    [
        ("scene", Path.Combine(home, "examples/render/scene"), DemoWorld.East),
        ("telemetry", Path.Combine(home, "examples/telemetry/data"), DemoWorld.Edge),
        ("telemetry-program", Path.Combine(home, "examples/telemetry/program"), DemoWorld.Edge),
        ("service-program", Path.Combine(home, "examples/service/program"), DemoWorld.Edge),
    ];

    /// <summary>The jobs, in the order of their submission.</summary>
    internal static IEnumerable<(string Name, string File, bool IsService)> Jobs(string home) =>
    [
        ("render", Path.Combine(home, "examples/render/render.yaml"), false),
        ("assemble", Path.Combine(home, "examples/render/assemble.yaml"), false),
        ("telemetry", Path.Combine(home, "examples/telemetry/telemetry.yaml"), false),
        ("service", Path.Combine(home, "examples/service/service.yaml"), true),
    ];

    /// <summary>What to do before the example can run, or nothing.</summary>
    internal static string? Missing(string name) =>
        name is "render" or "assemble" && !File.Exists("/usr/bin/povray")
            ? Say(
                $"{name} is left out: it needs POV-Ray. On Debian: apt-get install povray",
                $"跳过 {name}：需要 POV-Ray。Debian 上请执行：apt-get install povray")
            : null;
}
