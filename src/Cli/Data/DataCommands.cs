using System.CommandLine;
using System.Globalization;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>The noun <c>data</c>.</summary>
internal static class DataCommands
{
    private static readonly Listing<DatasetView> Datasets = new(
        dataset => $"{dataset.Project}/{dataset.Name}",
        new(Texts.ColumnName, dataset => dataset.Name),
        new(Texts.ColumnProject, dataset => dataset.Project),
        new(Texts.ColumnVersion, dataset => dataset.Version.ToString(CultureInfo.InvariantCulture)),
        new(Texts.ColumnSize, dataset => Shown.Size(dataset.Bytes)),
        new(Texts.ColumnFiles, dataset => dataset.Files.ToString(CultureInfo.InvariantCulture)),
        new(Texts.ColumnSites, dataset => Shown.Words(dataset.Sites)),
        new(Texts.ColumnCreated, dataset => Shown.At(dataset.CreatedAt)),
        new(Texts.ColumnSovereignty, dataset => dataset.Sovereignty) { IsWide = true },
        new(Texts.ColumnOrigin, dataset => dataset.Origin) { IsWide = true },
        new(Texts.ColumnRoot, dataset => dataset.Root) { IsWide = true });

    public static Command Make(Verbs verbs) =>
        verbs.Noun("data", Texts.Data, [Push(verbs), Pull(verbs), List(verbs), Remove(verbs), .. ExchangeCommands.Make(verbs), .. TransferCommands.Make(verbs)]);

    private static Command Push(Verbs verbs)
    {
        var path = verbs.Argument<string>("PATH", Texts.DataPath);
        var name = verbs.Argument<string>("NAME", Texts.DatasetArgument);
        var site = verbs.Required<string>("--site", Texts.PushSiteOption);
        var sovereignty = verbs.WithDefault("--sovereignty", Texts.SovereigntyOption, "");
        return verbs.Verb(
            "push",
            Texts.DataPush,
            async (session, cancellation) =>
            {
                var dataset = DatasetName.Parse(session.Parsed.GetRequiredValue(name));
                var source = session.Parsed.GetRequiredValue(path);
                if (dataset.Version is not null)
                    throw new CommandException(ExitCode.Usage, Texts.BadDataset, dataset);
                if (!Path.Exists(source))
                    throw new CommandException(ExitCode.Usage, Texts.NoSuchFile, source, Texts.NothingThere.In(session.Language));

                var wish = new UploadCommit(
                    dataset.Name, await dataset.ProjectOfAsync(session, cancellation), session.Parsed.GetRequiredValue(site),
                    Root: "", Bytes: 0, Files: 0, session.Parsed.GetRequiredValue(sovereignty));
                session.Printer.One(await DataTransfer.PushAsync(session, source, wish, cancellation), Datasets);
                return ExitCode.Done;
            },
            path, name, site, sovereignty);
    }

    private static Command Pull(Verbs verbs)
    {
        var name = verbs.Argument<string>("NAME", Texts.DatasetArgument);
        var folder = verbs.Argument<string>("DIR", Texts.FolderArgument);
        var force = verbs.Option<bool>("--force", Texts.ForceOption);
        return verbs.Verb(
            "pull",
            Texts.DataPull,
            async (session, cancellation) =>
            {
                var parsed = session.Parsed;
                await DataTransfer.PullAsync(
                    session,
                    DatasetName.Parse(parsed.GetRequiredValue(name)),
                    new(parsed.GetRequiredValue(folder), parsed.GetValue(force)),
                    cancellation);
                return ExitCode.Done;
            },
            name, folder, force);
    }

    private static Command List(Verbs verbs)
    {
        var project = verbs.Option<string?>("--project", Texts.ProjectOption);
        return ListVerb.Make(
            verbs,
            ("ls", Texts.DataList),
            Datasets,
            (session, page, cancellation) =>
                session.Client.GetDatasetsAsync(session.Parsed.GetValue(project), page, cancellation),
            project);
    }

    private static Command Remove(Verbs verbs)
    {
        var name = verbs.Argument<string>("NAME", Texts.DatasetArgument);
        return verbs.Verb(
            "rm",
            Texts.DataRemove,
            async (session, cancellation) =>
            {
                var dataset = DatasetName.Parse(session.Parsed.GetRequiredValue(name));
                var project = await dataset.ProjectOfAsync(session, cancellation);
                await session.Client.RemoveDatasetAsync(project, dataset.Name, cancellation);
                session.Say(Texts.Removed, dataset);
                return ExitCode.Done;
            },
            name);
    }
}
