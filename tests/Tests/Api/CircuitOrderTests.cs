using Meridian.ControlPlane.Agents;
using Meridian.Domain.Data;
using Meridian.Domain.Jobs;
using Meridian.Tests.Scheduling;
using Meridian.Tests.Scheduling.Transport;
using Xunit;

namespace Meridian.Tests.Api;

/// <summary>What senders are asked for. The path leads from a over b and c to d.</summary>
public sealed class CircuitOrderTests
{
    private readonly TestDomain _domain = new TestDomain().Centre("a").Centre("b").Centre("c", nodes: 2).Centre("d")
        .Link("a", "b", mbps: 100).Link("b", "c", mbps: 100).Link("c", "d", mbps: 100).Data("film", mebibytes: 100, "a/main/n00");

    private readonly CircuitReports _reports = new(TimeProvider.System);

    public CircuitOrderTests()
    {
        _domain.Order(Errands.Wish("film", TransferMode.Dedicated, ["d"], mbps: 50));
        _domain.Do(new Tick());
    }

    [Fact]
    public void The_order_names_the_segments_of_the_path_in_order_as_long_as_every_site_of_it_has_one()
    {
        Say("d/main/n00", "fc00:d::/64");
        Say("b/main/n00", "fc00:b::/64", isOnward: true);
        Say("c/main/n00", "fc00:c0::/64");
        Assert.Empty(Segments());

        Say("c/main/n01", "fc00:c1::/64", isOnward: true);
        Assert.Equal(["fc00:b::/64", "fc00:c1::/64", "fc00:d::/64"], Segments());

        Say("c/main/n00", "fc00:c0::/64", isOnward: true);
        Assert.Equal(["fc00:b::/64", "fc00:c0::/64", "fc00:d::/64"], Segments());

        _reports.ForgetSegments(new("b/main/n00"));
        Assert.Empty(Segments());
    }

    [Fact]
    public void Senders_are_told_anew_when_segments_come_or_go_and_not_for_other_news()
    {
        var before = _reports.SegmentsVersion;
        Say("b/main/n00", "");
        Assert.Equal(before, _reports.SegmentsVersion);

        Say("b/main/n00", "fc00:b::/64", isOnward: true);
        Assert.Equal(before + 1, _reports.SegmentsVersion);
        Say("b/main/n00", "fc00:b::/64", isOnward: true);
        Assert.Equal(before + 1, _reports.SegmentsVersion);

        _reports.ForgetSegments(new("b/main/n00"));
        _reports.ForgetSegments(new("b/main/n00"));
        _reports.ForgetSegments(new("x/main/n00"));
        Assert.Equal(before + 2, _reports.SegmentsVersion);
    }

    private void Say(string node, string segment, bool isOnward = false) =>
        _reports.Note(new(node), new() { Driver = "linux", Segment = segment, IsOnward = isOnward });

    private IEnumerable<string> Segments() => Assert.Single(_reports.OrderFor(_domain.State, new("a/main/n00")).Circuits).Segments;
}
