namespace Meridian.Agent.Hosting;

/// <summary>Finds what a task left, and nothing that it only points at: the agent reads with rights that the task has not.</summary>
internal static class ResultPath
{
    /// <summary>The path of the result below the working directory; nothing where it is missing, outside or behind a link.</summary>
    internal static string? Find(string work, string path)
    {
        var at = work;
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".")
                continue;
            at = Path.Combine(at, part);
            if (part == ".." || !Path.Exists(at) || new FileInfo(at).LinkTarget is not null)
                return null;
        }

        return at;
    }
}
