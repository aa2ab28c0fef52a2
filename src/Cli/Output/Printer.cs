using System.Text.Json;
using Meridian.Primitives;
using Meridian.Protocol.Rest;
using Spectre.Console;

namespace Meridian.Cli;

/// <summary>Writes data in the chosen form.</summary>
internal sealed class Printer(TextWriter writer, OutputFormat format, Language language, bool hasColour)
{
    public OutputFormat Format => format;

    public bool IsTable => format is OutputFormat.Table or OutputFormat.Wide;

    /// <summary>The same form, to another place.</summary>
    public Printer To(TextWriter other) => new(other, format, language, hasColour);

    /// <summary>Writes a list.</summary>
    public void List<T>(IReadOnlyList<T> items, Listing<T> listing)
    {
        if (format == OutputFormat.Name)
            foreach (var item in items)
                writer.WriteLine(listing.Name(item));
        else if (IsTable)
            Table(items, listing);
        else
            Tree(items);
    }

    /// <summary>Writes one thing; a table shows its columns one below the other.</summary>
    public void One<T>(T item, Listing<T> listing)
    {
        if (format == OutputFormat.Name)
            writer.WriteLine(listing.Name(item));
        else if (IsTable)
            Fields(item, listing);
        else
            Tree(item);
    }

    /// <summary>Writes a table, whatever the form; for parts of a larger answer.</summary>
    public void Table<T>(IReadOnlyList<T> items, Listing<T> listing)
    {
        var columns = listing.Columns.Where(column => !column.IsWide || format == OutputFormat.Wide).ToList();
        var table = new Table { Border = TableBorder.None };
        foreach (var column in columns)
            table.AddColumn(Spaced(Cell(column.Head.In(language), "bold")));
        foreach (var item in items)
            table.AddRow(columns.Select(column => Coloured(column.Cell(item) ?? "", column.IsWord)).ToArray());
        Render(table);
    }

    /// <summary>Writes a line of text.</summary>
    public void Line(string text = "") => writer.WriteLine(text);

    private void Fields<T>(T item, Listing<T> listing)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumn(Spaced(new(""))).AddColumn(Spaced(new("")));
        foreach (var column in listing.Columns)
            if (column.Cell(item) is { Length: > 0 } value)
                table.AddRow(Cell(column.Head.In(language), "bold"), Coloured(value, column.IsWord));
        Render(table);
    }

    private void Tree<T>(T value)
    {
        if (format == OutputFormat.Json)
            writer.WriteLine(JsonSerializer.Serialize(value, RestJson.Readable));
        else
            writer.Write(YamlText.Of(JsonSerializer.SerializeToElement(value, RestJson.Options)));
    }

    private void Render(Table table)
    {
        var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new()
        {
            Ansi = hasColour ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });

        // Lines are never broken: a pipe has no width, and a terminal folds them itself.
        console.Profile.Width = 4000;
        console.Write(table);
        foreach (var line in text.ToString().TrimEnd('\n').Split('\n'))
            writer.WriteLine(line.TrimEnd());
    }

    private static TableColumn Spaced(Markup head) => new(head) { NoWrap = true, Padding = new(0, 0, 2, 0) };

    private Markup Coloured(string value, bool isWord)
    {
        var shown = isWord ? CodeWords.In(language, value) : value;
        return value switch
        {
            "succeeded" or "chosen" or "done" or "connected" => Cell(shown, "green"),
            "failed" or "refused" or "lost" or "banned" => Cell(shown, "red"),
            "running" or "moving" => Cell(shown, "blue"),
            "waiting" or "staging" => Cell(shown, "yellow"),
            _ => new Markup(Markup.Escape(Clean(shown))),
        };
    }

    private static Markup Cell(string value, string style) => new($"[{style}]{Markup.Escape(Clean(value))}[/]");

    // What others wrote must not command this terminal.
    private static string Clean(string value) =>
        string.Concat(value.Select(c => c is '\n' or '\r' or '\t' ? ' ' : char.IsControl(c) ? '?' : c));
}
