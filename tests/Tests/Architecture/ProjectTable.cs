using System.Xml.Linq;

namespace Meridian.Tests.Architecture;

/// <summary>A project as ARCHITECTURE.md has it.</summary>
/// <param name="Folder">Where it lies, such as <c>src/Domain</c>.</param>
/// <param name="Kind">Pure, Shell, Host or Test.</param>
/// <param name="MayReference">The names of the projects that it may reference, or nothing where it may reference all.</param>
internal sealed record ProjectRow(string Folder, string Kind, IReadOnlyList<string>? MayReference)
{
    public string Name => Folder[(Folder.LastIndexOf('/') + 1)..];
}

/// <summary>A project as its file has it.</summary>
internal sealed record ProjectOnDisk(string Folder, string Kind, IReadOnlyList<string> References)
{
    public string Name => Folder[(Folder.LastIndexOf('/') + 1)..];

    public static IReadOnlyList<ProjectOnDisk> All { get; } =
        [.. Repository.Files.Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)).Select(Read)];

    private static ProjectOnDisk Read(string path)
    {
        var file = XDocument.Parse(Repository.Read(path));
        return new(
            path[..path.LastIndexOf('/')],
            string.Join(' ', file.Descendants("MeridianKind").Select(kind => kind.Value)),
            [.. file.Descendants("ProjectReference").Select(reference =>
                Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))]);
    }
}

/// <summary>The table under "Projects" in ARCHITECTURE.md.</summary>
internal static class ProjectTable
{
    public static IReadOnlyList<ProjectRow> Rows { get; } = [.. Repository.Read("ARCHITECTURE.md")
        .Split('\n')
        .SkipWhile(line => line != "## Projects")
        .SkipWhile(line => !line.StartsWith("| ---", StringComparison.Ordinal))
        .Skip(1)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(Row)];

    private static ProjectRow Row(string line)
    {
        var cells = line.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);
        if (cells.Length != 4)
            throw new InvalidOperationException($"This row has not four cells: {line}");
        return new(cells[0].Contains('/') ? cells[0] : "src/" + cells[0], cells[1], cells[3] switch
        {
            "all" => null,
            "–" => [],
            var names => names.Split(',', StringSplitOptions.TrimEntries),
        });
    }
}
