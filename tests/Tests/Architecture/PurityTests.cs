using ArchUnitNET.Fluent;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using Xunit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;
using Assembly = System.Reflection.Assembly;

namespace Meridian.Tests.Architecture;

public sealed class PurityTests
{
    private static readonly Assembly[] Pure =
    [
        typeof(Meridian.Domain.Machine.DomainMachine).Assembly,
        typeof(Meridian.Scheduling.Scheduler).Assembly,
        typeof(Meridian.Networking.Topologies.Topology).Assembly,
        typeof(Meridian.Datasets.DatasetManifest).Assembly,
        typeof(Meridian.JobFiles.JobFile).Assembly,
        typeof(Meridian.Optimisation.Linear.LinearProgram).Assembly,
        typeof(Meridian.Primitives.DataSize).Assembly,
    ];

    private static readonly Assembly[] Impure =
    [
        typeof(Meridian.Depot.DepotStore).Assembly,
        typeof(Meridian.Journal.Sqlite.SqliteJournal).Assembly,
        typeof(Meridian.ControlPlane.Writer.DomainGrain).Assembly,
    ];

    private static readonly ArchUnitNET.Domain.Architecture World = new ArchLoader().LoadAssemblies([.. Pure, .. Impure]).Build();

    public static TheoryData<string> Outside =>
        [@"^System\.IO\.(File|Directory)(Info|Stream)?$", @"^System\.Net\.Http\.", @"^Microsoft\.Data\.Sqlite\.", @"^Orleans\."];

    [Theory]
    [MemberData(nameof(Outside))]
    public void Pure_projects_do_not_touch_the_world(string outside) => NotDependOn(Pure, outside).Check(World);

    [Theory]
    [MemberData(nameof(Outside))]
    public void The_rule_finds_projects_that_do(string outside) => Assert.False(NotDependOn(Impure, outside).HasNoViolations(World));

    private static IArchRule NotDependOn(Assembly[] assemblies, string outside) => Types()
        .That().ResideInAssembly(assemblies[0], assemblies[1..])
        .Should().NotDependOnAny(Types(includeReferenced: true).That().HaveFullNameMatching(outside))
        .WithoutRequiringPositiveResults();
}
