namespace Meridian.Cli;

/// <summary>Reads files that a person names.</summary>
internal static class TextFile
{
    private const int SizeMaxBytes = 1 << 20;

    public static string Read(string path, int sizeMaxBytes = SizeMaxBytes)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return stream.Length > sizeMaxBytes
                ? throw new IOException($"{stream.Length} > {sizeMaxBytes} bytes")
                : new StreamReader(stream).ReadToEnd();
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(ExitCode.Usage, Texts.FileMissing, path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new CommandException(ExitCode.Usage, Texts.NoSuchFile, path, fault.Message);
        }
    }
}
