using System.Collections.Immutable;
using System.Globalization;
using Meridian.Domain;
using Meridian.Domain.Network;
using Meridian.Domain.Sites;
using Meridian.JobFiles;
using Meridian.Networking.Formats;
using Meridian.Networking.Topologies;
using Meridian.Primitives;
using Meridian.Scheduling.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using LinkId = Meridian.Domain.LinkId;
using Rest = Meridian.Protocol.Rest;

namespace Meridian.ControlPlane.Api;

/// <summary>Networks as files: GraphML, SNDlib and RFC 8345 JSON, in and out.</summary>
internal static class NetworkFiles
{
    private const int FileBytesMax = 16 << 20;
    private const int HoursOfDay = 24;

    private static readonly Bandwidth CapacityUsual = Bandwidth.FromMbps(10_000);
    private static readonly Bandwidth SndLibUnit = Bandwidth.FromMbps(1);

    public static void MapNetworkFiles(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/network/import", ImportAsync).ForOperators().WithTags("Network")
            .Accepts<string>("text/plain", "application/xml", "application/graphml+xml", "application/json").WithMetadata(new RequestSizeLimitAttribute(FileBytesMax))
            .Named<Rest.NetworkImported>("importNetwork", "Declares the sites and links of a GraphML, SNDlib or RFC 8345 file; with dryRun=true only reads it");
        routes.MapGet("/network/export", Export).ForAnyone().WithTags("Network")
            .NamedText("exportNetwork", "The declared network as a file", "text/plain");
    }

    /// <summary>What comes beside the file.</summary>
    internal sealed record FileQuery(
        [FromQuery(Name = "format")] string? Format, [FromQuery(Name = "fileName")] string? FileName,
        [FromQuery(Name = "provider")] string? Provider, [FromQuery(Name = "dryRun")] bool? DryRun);

    private static async Task<IResult> ImportAsync(Call call, [AsParameters] FileQuery query)
    {
        using var reader = new StreamReader(call.Http.Request.Body);
        var text = await reader.ReadToEndAsync(call.Cancellation);
        var file = query.FileName is { Length: > 0 and < 256 } named ? named : "network";
        ImportedNetwork? read = query.Format switch
        {
            "graphml" => GraphMl.Read(file, text, CapacityUsual),
            "sndlib" => SndLib.Read(file, text, SndLibUnit),
            "rfc8345" => NetworkTopologyJson.Read(file, text, CapacityUsual),
            _ => null,
        };
        if (read is null)
            return UnknownFormat();
        if (!read.Faults.IsEmpty)
            return Refusal.OfNetwork([.. read.Faults.Select(f => new Diagnostic(
                f.File, f.Line, 1, f.Message.English, f.Message.Chinese, "Mend the file and import it again", "请修正文件后重新导入"))]);
        if (read.Links.FirstOrDefault(l => l.PricePerGigabyte.Currency != Money.DefaultCurrency) is { } foreign)
            return Refusal.Of(
                "bad-link", $"The link from {foreign.From} to {foreign.To} has a price in {foreign.PricePerGigabyte.Currency}: prices are in {Money.DefaultCurrency}.",
                $"从 {foreign.From} 到 {foreign.To} 的链路以 {foreign.PricePerGigabyte.Currency} 计价：价格须以 {Money.DefaultCurrency} 计。");
        var names = NamesOf(read.Points);
        var sites = SitesOf(read.Points, names, query.Provider is { Length: > 0 } provider ? provider : "imported")
            .Where(s => !call.State.Sites.Sites.ContainsKey(s.Site.Id)).ToList();
        var links = LinksOf(read, names, call.State.Network.Links, hasCapacityOnly: query.Format == "sndlib");
        if (query.DryRun != true && await DeclareAsync(call, [.. sites, .. links]) is { } fault)
            return Refusal.Of(fault);
        return Results.Ok(new Rest.NetworkImported(sites.Count, links.Count, query.DryRun == true));
    }

    /// <summary>Each command by itself, sites first: what was declared before a refusal stays, and importing again goes on from there.</summary>
    private static async Task<Fault?> DeclareAsync(Call call, ImmutableArray<DomainCommand> commands)
    {
        foreach (var command in commands)
        {
            if ((await call.Domain.ExecuteAsync(command, call.Cancellation)).Fault is { } fault)
                return fault;
        }

        return null;
    }

    private static IResult Export(Call call, string? format)
    {
        var declared = call.State.Network.Links.Values.ToList(); // In the order of their identities, as the topology numbers them.
        var topology = NetworkPicture.TopologyOf(call.State);
        topology = topology.With(topology.Links.Select(l => Whole(l, declared[(int)l.Id.Value])));
        return format switch
        {
            "graphml" => Results.Text(GraphMl.Write(topology)),
            "sndlib" => Results.Text(SndLib.Write(topology, [], SndLibUnit)),
            "rfc8345" => Results.Text(NetworkTopologyJson.Write(topology, "meridian")),
            _ => UnknownFormat(),
        };
    }

    private static NetworkLink Whole(NetworkLink link, Link declared) => link with
    {
        PricePerGigabyte = declared.PricesByHour.IsDefaultOrEmpty ? link.PricePerGigabyte : new(Money.DefaultCurrency, declared.PricesByHour),
        Maintenance = declared.Maintenance,
    };

    private static Refusal UnknownFormat() => Refusal.Of(
        "bad-request", "A network's format is graphml, sndlib or rfc8345.", "网络文件的格式须为 graphml、sndlib 或 rfc8345。");

    private static SortedDictionary<string, SiteId> NamesOf(ImmutableArray<NetworkPoint> points)
    {
        var names = new SortedDictionary<string, SiteId>(StringComparer.Ordinal);
        var taken = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var point in points)
            names[point.Name] = new(Free(NameOf(point.Name), taken));
        return names;
    }

    private static IEnumerable<DeclareSite> SitesOf(
        ImmutableArray<NetworkPoint> points, SortedDictionary<string, SiteId> names, string provider) => points.Select(p => new DeclareSite(new(
            names[p.Name], p.Name, provider, "core", Region: "", Sovereignty: "", p.Position?.LatitudeDegrees ?? 0,
            p.Position?.LongitudeDegrees ?? 0, Pue: 1, [.. Enumerable.Repeat(0d, HoursOfDay)], [.. Enumerable.Repeat(0m, HoursOfDay)])));

    /// <summary>A link that joins the same sites already is declared anew, the first for the first; the others get names of their own.</summary>
    private static List<DeclareLink> LinksOf(
        ImportedNetwork read, SortedDictionary<string, SiteId> names, ImmutableSortedDictionary<LinkId, Link> known, bool hasCapacityOnly)
    {
        var there = known.Values.GroupBy(l => (l.From, l.To)).ToDictionary(g => g.Key, g => new Queue<Link>(g));
        var taken = new SortedSet<string>(known.Keys.Select(id => id.Value), StringComparer.Ordinal);
        var positions = read.Points.ToDictionary(p => p.Name, p => p.Position, StringComparer.Ordinal);
        return [.. read.Links.Select(l =>
        {
            var (from, to) = (names[l.From], names[l.To]);
            var same = there.TryGetValue((from, to), out var joining) && joining.TryDequeue(out var first) ? first : null;
            if (hasCapacityOnly && same is not null)
                return new DeclareLink(same with { Capacity = l.Capacity });
            var link = hasCapacityOnly && positions[l.From] is { } begin && positions[l.To] is { } end
                ? l with { LatencyMicroseconds = FibreDistance.LatencyMicroseconds(begin, end) }
                : l;
            return new DeclareLink(Declared(link, same?.Id ?? new(Free(Cut($"{from}-{to}"), taken)), from, to));
        })];
    }

    private static Link Declared(NetworkLink link, LinkId id, SiteId from, SiteId to)
    {
        var hours = link.PricePerGigabyte.Amounts;
        return new(id, from, to, link.Capacity, link.LatencyMicroseconds, hours[0])
        {
            PricesByHour = hours.All(price => price == hours[0]) ? [] : hours,
            Maintenance = [.. link.Maintenance.OrderBy(window => window.From)],
        };
    }

    /// <summary>A name by our rule for a label of any kind: its letters and digits, and a hyphen for all else.</summary>
    private static string NameOf(string label)
    {
        var letters = label.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-').ToArray();
        var name = string.Join('-', new string(letters).Split('-', StringSplitOptions.RemoveEmptyEntries));
        return name.Length == 0 ? "site" : Cut(name);
    }

    private static string Cut(string name) => name.Length <= Names.LengthMax - 5 ? name : name[..(Names.LengthMax - 5)];

    private static string Free(string name, SortedSet<string> taken)
    {
        var free = name;
        for (var i = 2; !taken.Add(free); i++)
            free = name + "-" + i.ToString(CultureInfo.InvariantCulture);
        return free;
    }
}
