using System.Text.Encodings.Web;
using System.Text.Json;

namespace Meridian.JobFiles;

/// <summary>The JSON Schema of the job file, made from the parser's own table of keys.</summary>
public static class JobSchema
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        IndentSize = 2,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The schema, of draft 2020-12, as it is published and served.</summary>
    public static string Text { get; } = Write();

    private static string Write()
    {
        var schema = JobKeys.Job.Schema();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "$id", "https://meridian.invalid/job.schema.json");
        schema.Insert(2, "title", "Meridian job");
        schema.Insert(3, "description", "A job as a tenant asks for it. Quantities carry their units.");
        return schema.ToJsonString(Readable) + "\n";
    }
}
