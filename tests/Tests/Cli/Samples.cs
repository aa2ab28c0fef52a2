using Meridian.Protocol.Rest;

namespace Meridian.Tests.Cli;

internal static class Samples
{
    public const string JobFile = "name: render\ncommand: [povray]\n";

    public static readonly DateTimeOffset At = new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero);

    public static readonly Identity Self = new("ada", "studio", "demo", "member", "example", "0.1.0");

    public static readonly Placement Placement = new(
        "west-core/main", "west-core", At, At.AddMinutes(5), "1.20 CNY", 12, [],
        [
            new("west-core/main", "west-core", "chosen", "", At, At, At.AddMinutes(5), "1.20 CNY", 12, 20),
            new("east/main", "east", "refused", "costs more than the budget", At, At, At.AddMinutes(9), "9.00 CNY", 80, 2),
        ],
        "cheapest", PendingReason: null, [], Learned: null);

    public static readonly Quote Quote = new(Placement, "1.20 CNY", "6.00 CNY", 24);

    public static JobSummary Summary(string state = "running", long id = 7, string name = "render") => new(
        id, name, "demo", "ada", state, 24, new(0, 0, 20, 4, 0, 0), At, At, FinishedAt: null, ["west-core"],
        "0.40 CNY", "6.00 CNY", PendingReason: null, IsService: false);

    public static JobDetail Detail(string state, string? failure = null) => new(
        Summary(state), "name: render\n", Placement, [new(At, "submitted", null, null, "taken")], [], [], [], failure);
}
