using System.Xml.Linq;
using Xunit;

namespace Meridian.Tests.Architecture;

public sealed class ProjectTests
{
    [Fact]
    public void The_table_the_disk_and_the_solution_name_the_same_projects()
    {
        var onDisk = ProjectOnDisk.All.Select(project => project.Folder).Order(StringComparer.Ordinal).ToList();
        var inSolution = XDocument.Parse(Repository.Read("Meridian.slnx")).Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value)
            .Select(path => path[..path.LastIndexOf('/')]);

        Assert.Equal(onDisk, ProjectTable.Rows.Select(row => row.Folder).Order(StringComparer.Ordinal));
        Assert.Equal(onDisk, inSolution.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_names_only_projects_that_exist()
    {
        var names = ProjectTable.Rows.Select(row => row.Name).ToHashSet(StringComparer.Ordinal);
        Assert.All(ProjectTable.Rows.SelectMany(row => row.MayReference ?? []), name => Assert.Contains(name, names));
    }

    [Fact]
    public void Every_reference_between_projects_is_in_the_table()
    {
        var rows = ProjectTable.Rows.ToDictionary(row => row.Folder, StringComparer.Ordinal);
        Assert.Empty(
            from project in ProjectOnDisk.All
            from reference in project.References
            where reference != "Primitives"
                && rows[project.Folder].MayReference is { } allowed
                && !allowed.Contains(reference, StringComparer.Ordinal)
            select $"{project.Folder} references {reference}, and the table in ARCHITECTURE.md does not allow it");
    }

    [Fact]
    public void Every_permission_in_the_table_is_used() => Assert.Empty(
        from row in ProjectTable.Rows
        from name in row.MayReference ?? []
        where !ProjectOnDisk.All.Single(project => project.Folder == row.Folder).References.Contains(name, StringComparer.Ordinal)
        select $"{row.Folder} does not reference {name}: take it out of the table in ARCHITECTURE.md");

    [Fact]
    public void Every_project_states_the_kind_that_the_table_gives_it()
    {
        var kinds = ProjectTable.Rows.ToDictionary(row => row.Folder, row => row.Kind, StringComparer.Ordinal);
        Assert.Empty(ProjectOnDisk.All
            .Where(project => project.Kind != kinds[project.Folder])
            .Select(project => $"{project.Folder} says '{project.Kind}', the table '{kinds[project.Folder]}'"));
    }

    [Fact]
    public void A_pure_project_references_only_pure_projects()
    {
        var kinds = ProjectOnDisk.All.ToDictionary(project => project.Name, project => project.Kind, StringComparer.Ordinal);
        Assert.Empty(
            from project in ProjectOnDisk.All
            where project.Kind == "Pure"
            from reference in project.References
            where kinds[reference] != "Pure"
            select $"{project.Name} references {reference}");
    }

    [Theory]
    [InlineData("Domain", "Scheduling")]
    [InlineData("ControlPlane", "Depot")]
    [InlineData("Agent", "Domain")]
    public void What_must_never_meet_does_not_meet_by_any_detour(string from, string to)
    {
        var references = ProjectOnDisk.All.ToDictionary(project => project.Name, project => project.References, StringComparer.Ordinal);
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>([from]);
        while (next.TryPop(out var name))
            foreach (var reference in references[name].Where(reached.Add))
                next.Push(reference);

        Assert.NotEmpty(reached);
        Assert.DoesNotContain(to, reached);
    }

    [Fact]
    public void Every_project_of_the_product_has_a_readme() => Assert.Empty(ProjectOnDisk.All
        .Where(project => project.Kind != "Test" && !Repository.Has($"{project.Folder}/README.md"))
        .Select(project => project.Folder));
}
