using System.Text.Json;

namespace Meridian.Agent.Circuits;

/// <summary>Reads what <c>ip -j</c> and <c>tc -j</c> write.</summary>
internal static class Json
{
    internal static IEnumerable<JsonElement> Items(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(e => e.Clone())]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    internal static string Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    internal static IEnumerable<string> Texts(JsonElement item, string name) =>
        item.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(e => e.GetString() ?? "") : [];

    internal static bool IsTrue(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
