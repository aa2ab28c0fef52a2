namespace Meridian.Cli;

/// <summary>The form of the data.</summary>
internal enum OutputFormat
{
    Table,
    Wide,
    Json,
    Yaml,
    Name,
}
