using System.Text.RegularExpressions;
using Xunit;

namespace Meridian.Tests.Architecture;

public sealed partial class FolderTests
{
    [Fact]
    public void No_two_folders_of_a_project_name_each_other() => Assert.Empty(Mutual());

    [Fact]
    public void Folders_that_have_namespaces_of_their_own_are_found() => Assert.Contains(
        ("Attempts", "Hosting"), Uses("src/Agent").Select(use => (use.To, use.From)));

    private static IEnumerable<string> Mutual() =>
        from project in ProjectOnDisk.All
        where project.Folder.StartsWith("src/", StringComparison.Ordinal)
        let uses = Uses(project.Folder)
        from use in uses
        where string.CompareOrdinal(use.From, use.To) < 0 && uses.Contains((use.To, use.From))
        select $"{project.Name}: {use.From} and {use.To}";

    /// <summary>Which top-level folder of a project names the namespace of which other one, whole or from within the project.</summary>
    private static HashSet<(string From, string To)> Uses(string project)
    {
        var files = Repository.SourcesIn(project)
            .Select(path => (Folder: path[(project.Length + 1)..].Split('/'), Text: Repository.Read(path)))
            .Where(file => file.Folder.Length > 1)
            .Select(file => (Folder: file.Folder[0], file.Text))
            .ToList();
        var folders = files
            .GroupBy(file => file.Folder, StringComparer.Ordinal)
            .Select(group => (
                Name: group.Key,
                Namespace: group.Select(file => NamespaceOf(file.Text, group.Key)).First(),
                Types: group.SelectMany(file => TypeName().Matches(file.Text).Select(match => match.Groups["name"].Value)).Distinct(StringComparer.Ordinal)))
            .Where(folder => folder.Namespace is not null)
            .Select(folder => (folder.Name, Pattern: Naming(folder.Name, folder.Namespace!, folder.Types)))
            .ToList();
        return [.. from file in files
                   from folder in folders
                   where file.Folder != folder.Name && folder.Pattern.IsMatch(file.Text)
                   select (file.Folder, folder.Name)];
    }

    /// <summary>The namespace up to the folder's own name, or nothing where the folder has none.</summary>
    private static string? NamespaceOf(string text, string folder)
    {
        var name = NamespaceName().Match(text).Groups["name"].Value.Split('.');
        var depth = Array.IndexOf(name, folder, Math.Min(2, name.Length));
        return depth < 0 ? null : string.Join('.', name[..(depth + 1)]);
    }

    private static Regex Naming(string folder, string whole, IEnumerable<string> types) => new(
        $@"(?<![\w.]){Regex.Escape(whole)}(?!\w)|(?<![\w.]){folder}\.({string.Join('|', types)})\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(10));

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex NamespaceName();

    [GeneratedRegex(
        @"^(?:public|internal) [\w ]*?(?:class|record struct|record|struct|interface|enum) (?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex TypeName();
}
