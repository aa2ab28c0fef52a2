using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Meridian.Primitives;

namespace Meridian.Datasets;

/// <summary>The content of a ticket as JSON, always with the same members in the same order.</summary>
internal static class TicketJson
{
    private static readonly string[] Members = ["operation", "site", "root", "upload", "expires", "sizeBytesMax"];

    public static ReadOnlySpan<byte> Write(DepotTicket ticket)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("operation", ticket.Operation == DepotOperation.Read ? "read" : "write");
            writer.WriteString("site", ticket.Site);
            if (ticket.Root is { } root)
                writer.WriteString("root", root.ToString());
            if (ticket.Upload is { } upload)
                writer.WriteString("upload", upload);
            writer.WriteNumber("expires", ticket.ExpiresAt.ToUnixTimeSeconds());
            writer.WriteNumber("sizeBytesMax", ticket.SizeMax.Bytes);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }

    public static bool TryRead(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out DepotTicket? ticket)
    {
        ticket = null;
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = 2 });
            ticket = Read(document.RootElement);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException
            or KeyNotFoundException or FormatException or ArgumentOutOfRangeException)
        {
            // The signature was good, so this is a ticket of a later version: refused like any other.
            return false;
        }

        return true;
    }

    private static DepotTicket Read(JsonElement json)
    {
        // A member that we do not know may be a restriction that we would not honour.
        if (json.EnumerateObject().Any(member => !Members.Contains(member.Name, StringComparer.Ordinal)))
            throw new FormatException("The ticket has an unknown member.");

        return new(
            json.GetProperty("operation").GetString() switch
            {
                "read" => DepotOperation.Read,
                "write" => DepotOperation.Write,
                _ => throw new FormatException("The ticket's operation is unknown."),
            },
            json.GetProperty("site").GetString() ?? "",
            json.TryGetProperty("root", out var root) ? ReadRoot(root.GetString()) : null,
            json.TryGetProperty("upload", out var upload) ? upload.GetString() : null,
            DateTimeOffset.FromUnixTimeSeconds(json.GetProperty("expires").GetInt64()),
            new DataSize(json.GetProperty("sizeBytesMax").GetInt64()));
    }

    private static ManifestRoot ReadRoot(string? text) =>
        ManifestRoot.TryParse(text, out var root) ? root : throw new FormatException("The ticket's root is malformed.");
}
