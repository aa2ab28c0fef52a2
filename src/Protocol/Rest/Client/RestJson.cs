using System.Text.Encodings.Web;
using System.Text.Json;

namespace Meridian.Protocol.Rest;

/// <summary>How the REST records look on the wire.</summary>
public static class RestJson
{
    /// <summary>camelCase, compact, readable beyond ASCII. Never changed.</summary>
    public static JsonSerializerOptions Options { get; } = Make(isIndented: false);

    /// <summary>The same, for people.</summary>
    public static JsonSerializerOptions Readable { get; } = Make(isIndented: true);

    private static JsonSerializerOptions Make(bool isIndented)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = isIndented,
            NewLine = "\n",
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
