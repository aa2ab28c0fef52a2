namespace Meridian.JobFiles;

/// <summary>A text in both languages, without the full stop.</summary>
internal sealed record Words(string English, string Chinese)
{
    public static Words Same(string text) => new(text, text);
}
