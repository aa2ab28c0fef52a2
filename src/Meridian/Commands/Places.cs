namespace Meridian.Host.Commands;

/// <summary>Where things lie.</summary>
internal static class Places
{
    /// <summary>
    /// The folder for data of the kind. Where the agent is root its tasks run as another user, who must be able to reach
    /// it: so not below root's home.
    /// </summary>
    internal static string Default(string kind) => Environment.IsPrivilegedProcess
        ? Path.Combine("/var/lib/meridian", kind)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "meridian", kind);

    /// <summary>The repository or installation that this program belongs to, or nothing.</summary>
    internal static string? Home()
    {
        if (Environment.GetEnvironmentVariable("MERIDIAN_HOME") is { Length: > 0 } home)
            return home;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Meridian.slnx")))
                return folder.FullName;
        }

        return null;
    }

    /// <summary>The console's built files, or nothing.</summary>
    internal static string? Console() => Home() is { } home && Directory.Exists(Path.Combine(home, "web/console/dist"))
        ? Path.Combine(home, "web/console/dist")
        : null;

    /// <summary>Writes a secret so that only its owner can read it.</summary>
    internal static void WritePrivate(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(path, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
        file.Write(text);
    }
}
