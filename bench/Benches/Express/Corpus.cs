using System.Globalization;

namespace Meridian.Benches.Express;

/// <summary>Files to move, the same bytes for the same seed, which no compression makes smaller unless said otherwise.</summary>
internal static class Corpus
{
    private const int FilesPerFolder = 1000;

    /// <summary>Many files of 4 KB in folders of a thousand.</summary>
    internal static string Small(string folder, int fileCount)
    {
        var draw = new Random(4);
        var content = new byte[4096];
        for (var index = 0; index < fileCount; index++)
        {
            var inner = Path.Combine(folder, (index / FilesPerFolder).ToString("d4", CultureInfo.InvariantCulture));
            if (index % FilesPerFolder == 0)
                Directory.CreateDirectory(inner);
            draw.NextBytes(content);
            File.WriteAllBytes(Path.Combine(inner, index.ToString("d6", CultureInfo.InvariantCulture)), content);
        }

        return folder;
    }

    /// <summary>Few files of equal size.</summary>
    internal static string Large(string folder, int fileCount, long totalBytes)
    {
        Directory.CreateDirectory(folder);
        var draw = new Random(5);
        var content = new byte[1024 * 1024];
        for (var index = 0; index < fileCount; index++)
        {
            using var file = File.Create(Path.Combine(folder, $"part-{index}.bin"));
            for (var restBytes = totalBytes / fileCount; restBytes > 0; restBytes -= content.Length)
            {
                draw.NextBytes(content);
                file.Write(content.AsSpan(0, (int)Math.Min(restBytes, content.Length)));
            }
        }

        return folder;
    }

    /// <summary>One file of lines as of a log, which compresses about as such files do.</summary>
    internal static string Log(string folder, long totalBytes)
    {
        Directory.CreateDirectory(folder);
        var draw = new Random(6);
        string[] states = ["ready", "running", "waiting", "done", "failed"];
        using var file = new StreamWriter(Path.Combine(folder, "events.log"));
        for (long written = 0, second = 1_790_000_000; written < totalBytes; second += draw.Next(3))
        {
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{second}.{draw.Next(1_000_000):d6} site-{draw.Next(40)} node={draw.Next(100_000)} job={draw.Next(1_000_000)} state={states[draw.Next(states.Length)]} load={draw.NextDouble():0.0000}");
            file.Write(line + '\n');
            written += line.Length + 1;
        }

        return folder;
    }

    /// <summary>Whether two folders hold the same names with the same bytes.</summary>
    internal static bool AreEqual(string first, string second)
    {
        var names = Names(first);
        return names.SequenceEqual(Names(second), StringComparer.Ordinal)
            && names.All(name => Hash(Path.Combine(first, name)).SequenceEqual(Hash(Path.Combine(second, name))));
    }

    private static List<string> Names(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)];

    private static byte[] Hash(string path)
    {
        using var file = File.OpenRead(path);
        return System.Security.Cryptography.SHA256.HashData(file);
    }
}
