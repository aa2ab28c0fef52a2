using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Machine;
using Meridian.Primitives;
using Xunit;

namespace Meridian.Tests.Scheduling;

/// <summary>What a task reads stays what it is while the task is placed and runs. The simulator found both.</summary>
public sealed class ReadDatasetTests
{
    private static readonly DatasetId Film = DatasetId.Of(TestDomain.Project, "film");

    [Fact]
    public void A_dataset_that_a_placed_task_reads_cannot_be_removed_and_afterwards_it_can()
    {
        var domain = Country();
        var job = domain.Submit(TestDomain.Job(inputs: "film"));
        domain.Schedule();
        Assert.Equal(1, domain.State.Jobs.Jobs[job].LiveCount);

        var refused = DomainMachine.Decide(domain.State, new RemoveDataset(Film), domain.Now);
        Assert.Equal("dataset-read", refused.Fault?.Code);
        Assert.Contains(job.ToString(), refused.Fault!.ToString(), StringComparison.Ordinal);

        domain.End(count: 1);
        domain.Do(new RemoveDataset(Film));
    }

    [Fact]
    public void A_task_is_given_the_version_that_is_where_it_runs_though_a_newer_one_came_to_another_node()
    {
        var domain = Country();
        var job = domain.Submit(TestDomain.Job(inputs: "film"));
        domain.Schedule();
        var node = domain.State.Jobs.Jobs[job].Tasks[0].Live!.Node;
        var other = domain.State.Sites.Nodes.Keys.First(n => n != node);

        domain.Do(new RegisterDataset(Film, new(new("root-newer"), DataSize.FromMebibytes(1), 1), "", other));

        Assert.Equal("root-film", domain.State.Data.FindAt(TestDomain.Project, "film", node)!.Parts[0].Root.Value);
        Assert.Equal("root-newer", domain.State.Data.FindAt(TestDomain.Project, "film", other)!.Parts[0].Root.Value);
        Assert.Equal(1, domain.State.Data.FindAt(TestDomain.Project, "film@1", other)!.Number);
        Assert.Null(domain.State.Data.FindAt(TestDomain.Project, "film@9", node));
        Assert.Null(domain.State.Data.FindAt(TestDomain.Project, "none", node));
    }

    private static TestDomain Country() => new TestDomain().Centre("east").Centre("west").Data("film", 1, "east/main/n00");
}
