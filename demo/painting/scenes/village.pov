// White houses above the sea.
#version 3.7;
global_settings { assumed_gamma 1.0 radiosity { count 50 error_bound 0.8 recursion_limit 2 } }
#declare Sun_Way = vnormalize(<-0.75, 0.55, -0.62>);
camera { location <-7, 8.5, -15> look_at <1.2, 2.8, 4> right x * image_width / image_height angle 44 }
light_source { Sun_Way * 900 color rgb <1.45, 1.22, 0.92> area_light x * 9, y * 9, 4, 4 adaptive 1 jitter }
sky_sphere {
  pigment { gradient y color_map { [0 rgb <0.72, 0.84, 0.95>] [0.15 rgb <0.48, 0.70, 0.93>] [0.6 rgb <0.12, 0.35, 0.75>] } }
  pigment { bozo turbulence 0.7 octaves 6 color_map { [0 rgbt 1] [0.62 rgbt 1] [0.85 rgbt <1, 1, 1, 0.35>] } scale <0.8, 0.12, 0.5> }
}
plane {
  y, -3
  pigment { rgb <0.01, 0.12, 0.26> }
  normal { average normal_map { [1 bumps 0.3 scale <1.6, 1, 0.7>] [0.7 bumps 0.25 scale <0.5, 1, 0.25>] } }
  finish { diffuse 0.5 reflection { 0.03, 0.75 fresnel on } specular 0.3 roughness 0.01 } interior { ior 1.33 }
}
#declare White = texture { pigment { rgb <0.93, 0.92, 0.89> } normal { bumps 0.10 scale 0.22 } finish { diffuse 0.82 } }
#declare Blue = texture { pigment { rgb <0.03, 0.17, 0.52> } finish { diffuse 0.8 specular 0.25 roughness 0.03 } }
#declare Pane = texture { pigment { rgb <0.03, 0.05, 0.09> } finish { reflection 0.12 } }
#declare Pink = texture { pigment { rgb <0.78, 0.08, 0.34> } finish { diffuse 0.9 } }
#declare Leaf = texture { pigment { rgb <0.10, 0.25, 0.05> } finish { diffuse 0.8 } }
#declare Rock = texture { pigment { granite color_map { [0 rgb <0.26, 0.19, 0.15>] [1 rgb <0.48, 0.37, 0.29>] } scale 3 } normal { granite 0.5 scale 2 } }
#declare Chance = seed(27);
#macro Window(Where, Wide, Tall)
  union {
    box { <-Wide, 0, -0.03>, <Wide, Tall, 0.1> texture { Pane } }
    box { <-Wide - 0.05, -0.06, -0.06>, <Wide + 0.05, 0, 0.1> texture { White } }
    box { <-Wide - 0.24, 0, -0.05>, <-Wide, Tall, 0.1> texture { Blue } }
    box { <Wide, 0, -0.05>, <Wide + 0.24, Tall, 0.1> texture { Blue } }
    translate Where
  }
#end
#macro House(Wide, Tall, Deep, Kind)
  union {
    box { <0, -4, 0>, <Wide, Tall, Deep> texture { White } }
    difference {
      box { <-0.05, Tall, -0.05>, <Wide + 0.05, Tall + 0.28, Deep + 0.05> }
      box { <0.12, Tall + 0.01, 0.12>, <Wide - 0.12, Tall + 1, Deep - 0.12> }
      texture { White }
    }
    #if (Kind = 1)
      difference {
        cylinder { <Wide / 2, Tall, 0.02>, <Wide / 2, Tall, Deep - 0.02>, Wide / 2 }
        plane { y, Tall }
        texture { White }
      }
    #end
    #if (Kind = 2)
      cylinder { <Wide / 2, Tall, Deep / 2>, <Wide / 2, Tall + 0.55, Deep / 2>, Wide * 0.37 texture { White } }
      sphere { 0, 1 scale Wide * 0.39 translate <Wide / 2, Tall + 0.5, Deep / 2> texture { Blue } }
      cylinder { <Wide / 2, Tall + 0.4, Deep / 2>, <Wide / 2, Tall + 0.75 + Wide * 0.39, Deep / 2>, 0.05 texture { White } }
      box { <-0.16, -0.03, -0.03>, <0.16, 0.03, 0.03> translate <Wide / 2, Tall + 0.68 + Wide * 0.39, Deep / 2> texture { White } }
    #end
    box { <Wide * 0.62, 0, -0.04>, <Wide * 0.62 + 0.55, 1.2, 0.2> texture { Blue } }
    Window(<Wide * 0.27, 0.55, 0>, 0.20, 0.62)
    #if (Tall > 2.4)
      Window(<Wide * 0.27, 1.9, 0>, 0.20, 0.6)
      Window(<Wide * 0.72, 1.9, 0>, 0.20, 0.6)
    #end
    #local Side = union { Window(<0, 0.7, 0>, 0.2, 0.62) rotate y * 90 }
    object { Side translate <0, 0, Deep * 0.5> }
  }
#end
#for (Level, 0, 5)
  #for (N, 0, 6)
    #declare Wide = 2.0 + 1.1 * rand(Chance);
    #declare Kind = floor(rand(Chance) * 2.3);
    #if (rand(Chance) < 0.14 & Level > 0) #declare Kind = 2; #end
    object {
      House(Wide, 1.7 + 1.5 * rand(Chance), 2.2 + 0.6 * rand(Chance), Kind)
      rotate y * (rand(Chance) - 0.5) * 12
      translate <-6.2 + N * 3.15 + rand(Chance) * 0.6, -1.4 + Level * 1.45 + rand(Chance) * 0.4 - 0.10 * (N - 3) * (N - 3), Level * 3.1 + rand(Chance) * 0.6>
    }
  #end
#end
object { House(3.4, 3.4, 3.4, 2) rotate y * -8 translate <2.4, 4.5, 11> }
// Bougainvillea on two walls.
#macro Bush(Where, Size, Count)
  #for (N, 1, Count)
    #local Way = vnormalize(<rand(Chance) - 0.5, rand(Chance) - 0.4, rand(Chance) - 0.5>) * Size * pow(rand(Chance), 0.4);
    sphere { Where + Way * <1, 0.85, 0.8>, 0.055 + 0.05 * rand(Chance)
      #if (rand(Chance) < 0.72) texture { Pink } #else texture { Leaf } #end }
  #end
#end
Bush(<-5.6, 1.0, -1.0>, 1.15, 900)
Bush(<0.4, 1.5, -0.6>, 0.8, 600)
Bush(<5.3, 3.0, 2.0>, 0.7, 500)
// The hill under the houses.
intersection {
  sphere { 0, 1 scale <18, 13, 34> translate <6, -8, 26> }
  plane { -z, 1.5 }
  texture { Rock }
}
