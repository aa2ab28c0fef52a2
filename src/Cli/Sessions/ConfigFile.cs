using System.Text.Json;
using Meridian.Protocol.Rest;

namespace Meridian.Cli;

/// <summary>What <c>login</c> remembers.</summary>
internal sealed record Config(string Server, string Token, string? Authority = null);

/// <summary>The file that remembers it, readable by its owner alone.</summary>
internal static class ConfigFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary><c>$XDG_CONFIG_HOME/meridian/config.json</c>, usually below <c>~/.config</c>.</summary>
    public static string PathFor(CliContext context)
    {
        var home = context.Environment("HOME") ?? context.Environment("USERPROFILE") ?? ".";
        var folder = context.Environment("XDG_CONFIG_HOME") is { Length: > 0 } chosen ? chosen : Path.Combine(home, ".config");
        return Path.Combine(folder, "meridian", "config.json");
    }

    /// <summary>The file's content, or null when there is none. Narrows rights that are too wide, and says so.</summary>
    public static Config? Read(CliContext context)
    {
        var path = PathFor(context);
        if (!File.Exists(path))
            return null;
        try
        {
            NarrowRights(path, context);
            return JsonSerializer.Deserialize<Config>(File.ReadAllText(path), RestJson.Options);
        }
        catch (Exception fault) when (fault is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, Texts.BadConfig, path, fault.Message);
        }
    }

    /// <summary>Replaces the file as a whole; it never exists with wider rights or half written.</summary>
    public static void Write(CliContext context, Config config)
    {
        var path = PathFor(context);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var next = path + ".new";
        File.Delete(next);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var stream = new FileStream(next, options))
            JsonSerializer.Serialize(stream, config, RestJson.Readable);
        File.Move(next, path, overwrite: true);
    }

    private static void NarrowRights(string path, CliContext context)
    {
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & ~OwnerOnly) == 0)
            return;

        File.SetUnixFileMode(path, OwnerOnly);
        context.Error.WriteLine(
            $"{Texts.Warning.In(context.Language)}: {Texts.ConfigIsOpen.In(context.Language, path)}");
    }
}
