using System.Collections.Immutable;

namespace Meridian.JobFiles;

/// <summary>Reads and writes job files: YAML, and so JSON as well.</summary>
public static class JobFile
{
    /// <summary>The largest file, in bytes of UTF-8.</summary>
    public const int SizeMaxBytes = YamlReader.SizeMaxBytes;

    /// <summary>The most tasks that one job may have.</summary>
    public const int TaskCountMax = JobKeys.TaskCountMax;

    /// <summary>Reads a job. Never throws on any text: what is wrong is in the result, every fault with its place.</summary>
    /// <param name="text">The whole file, from anybody.</param>
    /// <param name="fileName">The name that faults carry.</param>
    public static JobFileResult Parse(string text, string fileName)
    {
        var faults = new Faults(fileName);
        var root = YamlReader.Read(text, faults);
        var job = Read(root, faults);
        return faults.IsEmpty && job is not null
            ? new(job, [])
            : new(Spec: null, faults.InOrder());
    }

    /// <summary>Writes a job in the one canonical form, which reads back as the same job.</summary>
    public static string Write(JobSpec job) => JobWriter.Write(job);

    private static JobSpec? Read(Node? root, Faults faults) =>
        root is not null && JobKeys.Job.TryRead(root, faults, out var job) ? job : null;
}

/// <summary>A job, or the reasons why there is none.</summary>
/// <param name="Spec">The job, or null when there are faults.</param>
/// <param name="Diagnostics">Every fault, in the order of the file; at most 100.</param>
public sealed record JobFileResult(JobSpec? Spec, ImmutableArray<Diagnostic> Diagnostics);
