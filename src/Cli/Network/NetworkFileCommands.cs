using System.CommandLine;
using System.Globalization;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The verbs of the noun <c>network</c> that read and write files.</summary>
internal static class NetworkFileCommands
{
    private const int FileBytesMax = 16 << 20;

    private static readonly Listing<NetworkImported> Imports = new(
        imported => Count(imported.LinkCount),
        new(Texts.ColumnSites, imported => Count(imported.SiteCount)),
        new(Texts.ColumnLinks, imported => Count(imported.LinkCount)));

    public static Command Import(Verbs verbs)
    {
        var file = verbs.Argument<string>("FILE", Texts.NetworkFileArgument);
        var format = verbs.Option<string?>("--format", Texts.NetworkFormatOption);
        var provider = verbs.WithDefault("--provider", Texts.ImportProviderOption, "imported");
        var dryRun = verbs.Option<bool>("--dry-run", Texts.ImportDryRunOption);
        return verbs.Verb(
            "import",
            Texts.NetworkImport,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                var path = parsed.GetRequiredValue(file);
                var kind = parsed.GetValue(format) ?? FormatOf(path);
                session.Printer.One(
                    await session.Client.ImportNetworkAsync(
                        TextFile.Read(path, FileBytesMax), (kind, Path.GetFileName(path), parsed.GetRequiredValue(provider)), parsed.GetValue(dryRun), cancellation),
                    Imports);
                return ExitCode.Done;
            },
            file, format, provider, dryRun);
    }

    public static Command Export(Verbs verbs)
    {
        var format = verbs.WithDefault("--format", Texts.NetworkFormatOption, "graphml");
        return verbs.Verb(
            "export",
            Texts.NetworkExport,
            async (session, cancellation) =>
            {
                session.Printer.Line(await session.Client.ExportNetworkAsync(session.Parsed.GetRequiredValue(format), cancellation));
                return ExitCode.Done;
            },
            format);
    }

    private static string FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".txt" or ".sndlib" => "sndlib",
        ".json" => "rfc8345",
        _ => "graphml",
    };

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}
