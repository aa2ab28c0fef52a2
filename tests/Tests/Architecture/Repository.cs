using System.Diagnostics;

namespace Meridian.Tests.Architecture;

/// <summary>The files of the repository that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] MadeFolders = [".git", "bin", "obj", "node_modules", "dist", ".meridian", "TestResults"];

    private static readonly Lazy<IReadOnlyList<string>> Listed = new(List);

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The paths of all files that belong to the repository, below its root, with forward slashes.</summary>
    public static IReadOnlyList<string> Files => Listed.Value;

    public static IEnumerable<string> SourcesIn(string folder) => Files.Where(path =>
        path.StartsWith(folder + "/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Has(string path) => File.Exists(Path.Combine(Root, path));

    /// <summary>The assemblies that these tests were built with and that the repository's projects make.</summary>
    public static IEnumerable<System.Reflection.Assembly> OwnAssemblies() => Directory
        .EnumerateFiles(AppContext.BaseDirectory, "Meridian.*.dll")
        .Where(path => !path.EndsWith("Meridian.Tests.dll", StringComparison.Ordinal))
        .Select(System.Reflection.Assembly.LoadFrom);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Meridian.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("Meridian.slnx is in no folder above the tests.");
    }

    private static List<string> List() =>
        [.. (FromGit() ?? FromDisk()).Where(Has).Order(StringComparer.Ordinal)];

    private static IEnumerable<string>? FromGit()
    {
        try
        {
            var start = new ProcessStartInfo("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            {
                WorkingDirectory = Root,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var git = Process.Start(start)!;
            git.ErrorDataReceived += (_, _) => { };
            git.BeginErrorReadLine();
            var output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            var paths = output.Split('\0', StringSplitOptions.RemoveEmptyEntries);
            return git.ExitCode == 0 && paths.Length > 0 ? paths : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static IEnumerable<string> FromDisk() => Directory
        .EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
        .Where(path => !path.Split('/').Any(part => MadeFolders.Contains(part, StringComparer.Ordinal)));
}
