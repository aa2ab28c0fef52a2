using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Meridian.Primitives;

namespace Meridian.JobFiles;

/// <summary>Writes the canonical form: keys in the table's order, defaults left out, quantities exact.</summary>
internal static class JobWriter
{
    private static readonly JobSpec Usual = new() { Name = "" };

    public static string Write(JobSpec job)
    {
        var file = new StringBuilder();
        Line(file, "name", NameText(job.Name));
        Line(file, "project", NameText(job.Project));
        Line(file, "command", List(job.Command.Select(Quoted)));
        Line(file, "container", job.Container.Length == 0 ? "" : Quoted(job.Container));
        Line(file, "resources", Map(Resources(job.Resources)));
        Line(file, "accelerators", job.Resources.Accelerators is { } demand ? Map(Accelerators(demand)) : "");
        Line(file, "array", job is { TaskCount: > 1, Service: null } ? Number(job.TaskCount) : "");
        Line(file, "gang", job.IsGang ? "true" : "");
        Line(file, "after", List(job.After.Select(NameText)));
        Block(file, "inputs", job.Inputs.Select(input =>
            Map([("dataset", NameText(input.Dataset)), ("mount", Quoted(input.Mount))])));
        Block(file, "outputs", job.Outputs.Select(output =>
            Map([("name", NameText(output.Name)), ("path", Quoted(output.Path)), ("to", NameText(output.To))])));
        Environment(file, job.Environment);
        Constraints(file, job.Constraints);
        Line(file, "objective", job.Objective == Usual.Objective ? "" : Word(job.Objective));
        Line(file, "duration", Time(job.Duration));
        Line(file, "timeout", Time(job.Timeout));
        Line(file, "retries", job.Retries == 0 ? "" : Number(job.Retries));
        Line(file, "priority", job.Priority == 0 ? "" : Number(job.Priority));
        Line(file, "bestEffort", job.IsBestEffort ? "true" : "");
        Line(file, "reservation", NameText(job.Reservation));
        Line(file, "service", job.Service is { } service ? Map(Service(service, job.TaskCount)) : "");
        return file.ToString();
    }

    private static IEnumerable<(string, string)> Resources(ResourceDemand demand) =>
    [
        ("cpu", Milli(demand.CpuMillicores)),
        ("memory", Size(demand.Memory)),
        ("disk", Size(demand.Disk)),
    ];

    private static IEnumerable<(string, string)> Accelerators(AcceleratorDemand demand) =>
    [
        ("count", Number(demand.Count)),
        ("model", demand.Model.Length == 0 ? ""
            : demand.OtherModels.IsEmpty ? Quoted(demand.Model) : List([Quoted(demand.Model), .. demand.OtherModels.Select(Quoted)])),
        ("class", NameText(demand.Class)),
        ("memory", demand.Memory == DataSize.Zero ? "" : Size(demand.Memory)),
        ("fraction", demand.FractionMilli == 1000 ? "" : Milli(demand.FractionMilli)),
        ("workload", NameText(demand.Workload)),
    ];

    private static IEnumerable<(string, string)> Service(ServiceSpec service, int taskCount) =>
    [
        ("port", service.Port == 0 ? "auto" : Number(service.Port)),
        ("health", service.HealthPath.Length == 0 ? "" : Quoted(service.HealthPath)),
        ("latency", Latency(service.Latency)),
        ("users", service.Users.IsEmpty ? "" : "[" + string.Join(", ", service.Users.Select(Latency)) + "]"),
        ("replicas", taskCount > 1 ? Number(taskCount) : ""),
    ];

    private static void Environment(StringBuilder file, ImmutableArray<EnvironmentVariable> variables)
    {
        if (variables.IsEmpty)
            return;
        file.Append("environment:\n");
        foreach (var variable in variables)
            file.Append("  ").Append(Quoted(variable.Name)).Append(": ").Append(Quoted(variable.Value)).Append('\n');
    }

    private static void Constraints(StringBuilder file, JobConstraints constraints)
    {
        var lines = new StringBuilder();
        Line(lines, "  regions", List(constraints.Regions.Select(NameText)));
        Line(lines, "  providers", List(constraints.Providers.Select(NameText)));
        Line(lines, "  sites", List(constraints.Sites.Select(NameText)));
        Line(lines, "  sovereignty", List(constraints.Sovereignty.Select(NameText)));
        Line(lines, "  latency", Latency(constraints.Latency));
        Line(lines, "  deadline", Moment(constraints.DeadlineAfter, constraints.DeadlineAt));
        Line(lines, "  notBefore", Moment(constraints.NotBeforeAfter, constraints.NotBeforeAt));
        Line(lines, "  budget", constraints.Budget is { } budget
            ? budget.Amount.ToString(CultureInfo.InvariantCulture) + " " + budget.Currency : "");
        Line(lines, "  isolation", constraints.Isolation == Usual.Constraints.Isolation ? "" : Word(constraints.Isolation));
        Line(lines, "  network", constraints.AllowsNetwork ? "host" : "");
        Line(lines, "  spread", constraints.Spread is { } spread
            ? string.Create(CultureInfo.InvariantCulture, $"{{ over: {Word(spread.Over)}, max: {spread.Max} }}") : "");
        Line(lines, "  together", constraints.Together == Together.Anywhere ? "" : Word(constraints.Together));
        if (lines.Length > 0)
            file.Append("constraints:\n").Append(lines);
    }

    private static string Moment(TimeSpan? after, DateTimeOffset? at) => (after, at) switch
    {
        (_, { } moment) => $"\"{moment.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture)}\"",
        ({ } span, _) => Time(span),
        _ => "",
    };

    private static string Latency(LatencyTarget? target) => target is null
        ? ""
        : Map([("to", NameText(target.To)), ("max", Time(TimeSpan.FromMicroseconds(target.MaximumMicroseconds)))]);

    private static void Line(StringBuilder file, string key, string value)
    {
        if (value.Length > 0)
            file.Append(key).Append(": ").Append(value).Append('\n');
    }

    private static void Block(StringBuilder file, string key, IEnumerable<string> items)
    {
        var lines = string.Concat(items.Select(item => $"  - {item}\n"));
        if (lines.Length > 0)
            file.Append(key).Append(":\n").Append(lines);
    }

    private static string List(IEnumerable<string> items)
    {
        var inside = string.Join(", ", items);
        return inside.Length == 0 ? "" : $"[{inside}]";
    }

    private static string Map(IEnumerable<(string Key, string Value)> entries) =>
        "{ " + string.Join(", ", entries.Where(entry => entry.Value.Length > 0).Select(entry => $"{entry.Key}: {entry.Value}")) + " }";

    /// <summary>A name stays plain: nothing in the rule for names can be taken for YAML, but a word for nothing.</summary>
    private static string NameText(string name) => name is "null" or "true" or "false" ? Quoted(name) : name;

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Milli(int milli) => (milli / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Size(DataSize size)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var (bytes, unit) = (size.Bytes, 0);
        while (unit < units.Length - 1 && bytes > 0 && bytes % 1024 == 0)
            (bytes, unit) = (bytes / 1024, unit + 1);
        return bytes.ToString(CultureInfo.InvariantCulture) + units[unit];
    }

    private static string Time(TimeSpan time)
    {
        var parts = new StringBuilder();
        Part(time.Days, "d");
        Part(time.Hours, "h");
        Part(time.Minutes, "m");
        Part(time.Seconds, "s");
        Part(time.Ticks % TimeSpan.TicksPerSecond / (decimal)TimeSpan.TicksPerMillisecond, "ms");
        return parts.Length == 0 ? "0s" : parts.ToString();

        void Part(decimal count, string unit)
        {
            if (count != 0)
                parts.Append(count.ToString("0.####", CultureInfo.InvariantCulture)).Append(unit);
        }
    }

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (var c in text)
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        return quoted.Append('"').ToString();
    }
}
