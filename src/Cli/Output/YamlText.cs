using System.Text.Json;
using YamlDotNet.Serialization;

namespace Meridian.Cli;

/// <summary>JSON as YAML.</summary>
internal static class YamlText
{
    private static readonly ISerializer Serializer =
        new SerializerBuilder().WithQuotingNecessaryStrings().DisableAliases().Build();

    public static string Of(JsonElement json) => Serializer.Serialize(Plain(json)!);

    private static object? Plain(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().ToDictionary(member => member.Name, member => Plain(member.Value)),
        JsonValueKind.Array => json.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out var whole) ? whole : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
