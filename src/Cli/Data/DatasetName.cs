using System.Globalization;
using Meridian.Primitives;

namespace Meridian.Cli;

/// <summary>A dataset as a person names it: <c>[project/]name[@version]</c>.</summary>
internal sealed record DatasetName(string? Project, string Name, int? Version)
{
    public static DatasetName Parse(string text)
    {
        var (project, rest) = text.Split('/') switch
        {
            [var name] => (null, name),
            [var left, var right] => (left, right),
            _ => (null, ""),
        };
        var parts = rest.Split('@');
        int? version = parts.Length == 2
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
                ? number
                : null;
        return Names.IsValid(parts[0]) && (project is null || Names.IsValid(project))
            && parts.Length == (version is null ? 1 : 2)
                ? new(project, parts[0], version)
                : throw new CommandException(ExitCode.Usage, Texts.BadDataset, text);
    }

    /// <summary>The project, or the token's own where none was named.</summary>
    public async Task<string> ProjectOfAsync(Session session, CancellationToken cancellation) =>
        Project ?? (await session.Client.WhoAmIAsync(cancellation)).Project;

    public override string ToString() =>
        (Project is null ? "" : Project + "/") + Name + (Version is null ? "" : $"@{Version}");
}
