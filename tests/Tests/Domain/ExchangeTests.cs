using Meridian.Domain;
using Meridian.Domain.Data;
using Meridian.Domain.Exchanges;
using Meridian.Domain.Jobs;
using Meridian.Domain.Machine;
using Meridian.Domain.Sites;
using Meridian.Primitives;
using Meridian.Tests.Scheduling;
using Xunit;

namespace Meridian.Tests.Domain;

public sealed class ExchangeTests
{
    private static readonly NodeId Node = new("east/main/n0");
    private static readonly DatasetId Film = DatasetId.Of(TestDomain.Project, "film");
    private static readonly DatasetPart Content = new(new(new string('a', 64)), DataSize.FromMebibytes(3), 2);

    private readonly TestDomain _domain = new TestDomain().Site("east").Pool("east/main").Node(Node.Value);

    [Theory]
    [InlineData("https://host.example/path/film.bin", "", "", null)]
    [InlineData("http://host.example/film?part=2", "", "", null)]
    [InlineData("s3://lake/films", "https://s3.example", "", null)]
    [InlineData("s3://lake", "", "lake", null)]
    [InlineData("s3://lake/films", "", "", "bad-place")]
    [InlineData("s3://lake/films", "ftp://s3.example", "", "bad-place")]
    [InlineData("https://host.example/film", "https://s3.example", "", "bad-place")]
    [InlineData("file:///srv/films", "", "", null)]
    [InlineData("file:///srv/films", "", "lake", "bad-place")]
    [InlineData("file://host/srv/films", "", "", "bad-place")]
    [InlineData("ftp://host.example/films", "", "", "bad-place")]
    [InlineData("film.bin", "", "", "bad-place")]
    [InlineData("https://ann:secret@host.example/film", "", "", "bad-place-secret")]
    [InlineData("https://host.example/film?x=1&X-Amz-Signature=abc", "", "", "bad-place-secret")]
    [InlineData("s3://lake/films", "https://a:b@s3.example", "", "bad-place-secret")]
    [InlineData("s3://lake/films", "", "A store", "bad-name")]
    public void Only_places_without_a_secret_can_be_named(string url, string endpoint, string store, string? fault) =>
        Assert.Equal(fault, Try(Import() with { Place = new(url, endpoint, store) }).Fault?.Code);

    [Fact]
    public void An_import_makes_a_version_where_it_came_and_no_second_one_by_the_same_key()
    {
        var first = _domain.Do(new OrderExchange(Import() with { IdempotencyKey = new("k") }, Node)).Value;
        Assert.Equal(first, _domain.Do(new OrderExchange(Import() with { IdempotencyKey = new("k") }, Node)).Value);

        _domain.Do(new ReportExchange(first, Node, Content, Failure: null));
        _domain.Do(new ReportExchange(first, Node, Content, Failure: null));

        Assert.Equal((ExchangeState.Done, 1, Content), (The(first).State, The(first).Version, The(first).Content));
        Assert.Equal([Content], _domain.State.Data.Datasets[Film].Latest.Parts);
        Assert.Equal([Node], _domain.State.Data.HoldersOf(Content.Root));
        Assert.Empty(_domain.State.Exchanges.Open);
    }

    [Fact]
    public void What_comes_after_all_when_it_was_cancelled_is_dropped_again()
    {
        var id = _domain.Do(new OrderExchange(Import(), Node)).Value;
        _domain.Do(new CancelExchange(id));

        var late = _domain.Do(new ReportExchange(id, Node, Content, Failure: null));

        Assert.Equal([new RelayCleared(Content.Root, Node)], late.Events);
        Assert.Equal(ExchangeState.Cancelled, The(id).State);
        Assert.Empty(_domain.State.Data.Datasets);
    }

    [Fact]
    public void News_of_another_depot_changes_nothing_and_a_failure_says_why()
    {
        var id = _domain.Do(new OrderExchange(Import(), Node)).Value;

        Assert.Empty(_domain.Do(new ReportExchange(id, new("east/main/n9"), Content, Failure: null)).Events);
        _domain.Do(new ReportExchange(id, Node, Content, Reason.Of("outside-missing", "it")));

        Assert.Equal((ExchangeState.Failed, "outside-missing"), (The(id).State, The(id).Reason?.Code));
        Assert.Empty(_domain.State.Data.Datasets);
    }

    [Fact]
    public void An_exchange_waits_for_a_depot_that_is_away_and_fails_with_one_that_is_banned()
    {
        var id = _domain.Do(new OrderExchange(Import(), Node)).Value;

        _domain.Now += TimeSpan.FromDays(400);
        _domain.Do(new Tick());
        Assert.Equal(NodeState.Lost, _domain.State.Sites.Nodes[Node].State);
        Assert.True(The(id).IsOpen);

        _domain.Do(new BanNode(Node));
        _domain.Do(new Tick());
        Assert.Equal((ExchangeState.Failed, "agent-banned"), (The(id).State, The(id).Reason?.Code));
    }

    [Fact]
    public void Data_under_a_law_stays_inside_and_comes_only_to_where_the_law_is()
    {
        _domain.Do(new RegisterDataset(Film, Content, "cn", Node));

        Assert.Equal("export-sovereignty", Try(Export()).Fault?.Code);
        Assert.Equal("sovereignty", Try(Import() with { Sovereignty = "sg" }).Fault?.Code);
        Assert.Null(Try(Import() with { Sovereignty = "cn" }).Fault);
    }

    [Fact]
    public void A_dataset_on_its_way_out_and_the_site_that_sends_it_cannot_be_removed()
    {
        _domain.Do(new RegisterDataset(Film, Content, "", Node));
        var id = _domain.Do(new OrderExchange(Export(), Node)).Value;

        Assert.Equal("dataset-moving", Decide(new RemoveDataset(Film)).Fault?.Code);
        Assert.Equal("site-carries-data", Decide(new RemoveSite(new("east"))).Fault?.Code);
        _domain.Do(new ReportExchange(id, Node, new(new(""), Content.Size, 2), Failure: null));

        Assert.Equal((ExchangeState.Done, 1, Content.Size, 2), (The(id).State, The(id).Version, The(id).Content.Size, The(id).Content.FileCount));
        Assert.Null(Decide(new RemoveDataset(Film)).Fault);
    }

    [Fact]
    public void What_a_depot_does_not_hold_it_cannot_send_and_a_project_has_only_so_many()
    {
        _domain.Do(new RegisterDataset(Film, Content, "", new("east/main/n1")));
        Assert.Equal("no-replica", Try(Export()).Fault?.Code);
        Assert.Equal("bad-hash", Try(Import() with { Sha256 = "00" }).Fault?.Code);

        for (var count = 0; count < 64; count++)
            _domain.Do(new OrderExchange(Import(), Node));
        Assert.Equal("exchanges-full", Try(Import()).Fault?.Code);
    }

    private Exchange The(long id) => _domain.State.Exchanges.All[id];

    private Decision Try(ExchangeRequest request) => Decide(new OrderExchange(request, Node));

    private Decision Decide(DomainCommand command) => DomainMachine.Decide(_domain.State, command, _domain.Now);

    private static ExchangeRequest Import() => new(
        ExchangeDirection.Import, TestDomain.Project, "ann", Film, Version: 0, new("https://host.example/film", "", ""), Sha256: "", Sovereignty: "", new(""));

    private static ExchangeRequest Export() => Import() with
    {
        Direction = ExchangeDirection.Export,
        Version = 1,
        Place = new("s3://lake/films", "https://s3.example", ""),
    };
}
