using System.Text;
using System.Text.Json;

namespace Meridian.Networking.Formats;

/// <summary>A JSON value that knows its line.</summary>
internal sealed class JsonTree
{
    private readonly List<(string Name, JsonTree Value)> _members = [];

    private JsonTree(JsonTokenType kind, int line, string text) => (Kind, Line, Text) = (kind, line, text);

    internal JsonTokenType Kind { get; }

    internal int Line { get; }

    /// <summary>The text of a string, number or literal.</summary>
    internal string Text { get; }

    /// <summary>The items of an array; empty for anything else.</summary>
    internal IEnumerable<JsonTree> Items =>
        Kind == JsonTokenType.StartArray ? _members.Select(member => member.Value) : [];

    /// <summary>The member with the name, with or without the name of a module before it, or none.</summary>
    internal JsonTree? this[string module, string name] =>
        Kind == JsonTokenType.StartObject
            ? _members.Find(member => member.Name == name || member.Name == module + ":" + name).Value
            : null;

    /// <summary>Reads a text; throws <see cref="JsonException"/> with the line when it is not JSON.</summary>
    internal static JsonTree Parse(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes);
        var (line, position) = (1, 0L);
        JsonTree? root = null;
        var open = new Stack<JsonTree>();
        var name = "";
        while (reader.Read())
        {
            line += bytes.AsSpan((int)position, (int)(reader.TokenStartIndex - position)).Count((byte)'\n');
            position = reader.TokenStartIndex;
            if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
            {
                open.Pop();
                continue;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                name = reader.GetString()!;
                continue;
            }

            var node = new JsonTree(reader.TokenType, line, TextOf(ref reader));
            if (open.TryPeek(out var parent))
                parent._members.Add((name, node));
            root ??= node;
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                open.Push(node);
        }

        return root!;
    }

    private static string TextOf(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
}
